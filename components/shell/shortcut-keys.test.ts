import { expect, test } from "vitest";
import { decideShortcut, isTextEntry, type KeyPress } from "./shortcut-keys.ts";

const REGISTERED = new Set(["j", "u", "?"]);

function aPress(over: Partial<KeyPress> = {}): KeyPress {
  return {
    key: "u",
    hasModifier: false,
    isComposing: false,
    isHandled: false,
    isTyping: false,
    isModalOpen: false,
    ...over,
  };
}

test("a registered key means its shortcut, any other key nothing", () => {
  expect(decideShortcut(aPress(), REGISTERED)).toBe("u");
  expect(decideShortcut(aPress({ key: "?" }), REGISTERED)).toBe("?");
  expect(decideShortcut(aPress({ key: "z" }), REGISTERED)).toBeNull();
});

test.each([
  ["a reason is being typed", { isTyping: true }],
  ["a dialog is open", { isModalOpen: true }],
  ["the browser's own shortcut was meant", { hasModifier: true }],
  ["an input method is composing", { isComposing: true }],
  ["somebody else took the key", { isHandled: true }],
])("no key unlocks anything while %s", (_when, over) => {
  expect(decideShortcut(aPress(over), REGISTERED)).toBeNull();
});

test("letters are text in fields, not on checkboxes and links", () => {
  expect(isTextEntry({ tagName: "input", type: "search" })).toBe(true);
  expect(isTextEntry({ tagName: "input", type: "datetime-local" })).toBe(true);
  expect(isTextEntry({ tagName: "TEXTAREA" })).toBe(true);
  expect(isTextEntry({ tagName: "select" })).toBe(true);
  expect(isTextEntry({ tagName: "div", isContentEditable: true })).toBe(true);
  expect(isTextEntry({ tagName: "input", type: "checkbox" })).toBe(false);
  expect(isTextEntry({ tagName: "a" })).toBe(false);
});
