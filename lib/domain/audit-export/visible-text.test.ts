import { expect, test } from "vitest";
import { cutText, escapeHidden } from "./visible-text.ts";

test.each([
  ["plain text, ümlauts and 日本語", "plain text, ümlauts and 日本語"],
  ["a\u00a0b\u3000c", "a\\u00a0b\\u3000c"],
  ["\u{e0041}", "\\udb40\\udc41"],
  ["\udc00\ud800", "\\udc00\\ud800"],
  ["\ue000\uffff", "\\ue000\\uffff"],
])("%j shows as %j", (text, shown) => {
  expect(escapeHidden(text)).toBe(shown);
});

test("a cut keeps whole characters and says that it was made", () => {
  expect(cutText("abc", 3)).toBe("abc");
  expect(cutText("abcd", 3)).toBe("ab…");
  expect(cutText("a🔒🔒", 3)).toBe("a…");
});
