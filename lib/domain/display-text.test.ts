import fc from "fast-check";
import { expect, test } from "vitest";
import { DISPLAY_LENGTH_MAX, formatOneLine, inspectText, makeVisible, segmentText } from "./display-text.ts";
import { HOSTILE_FIELDS } from "./testing/hostile-fields.ts";
import { encode } from "./testing/lock-text-builder.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom("a", "é", "\u0301", "\u202e", "\ud800", "\udc00", "\0", "\n", "\ufe0f", "⟦", "…", "␀", " "),
    maxLength: 60,
  }),
);

test.each([
  ["NUL", "a\0b", "a␀b"],
  ["escape sequences", "\u001b[2J\u0007", "␛[2J␇"],
  ["line breaks", "a\r\nb", "a␍␊b"],
  ["DEL", "a\u007fb", "a␡b"],
  ["C1 controls", "a\u0085\u009bb", "a⟦U+0085⟧⟦U+009B⟧b"],
  ["line separators", "a\u2028\u2029b", "a⟦U+2028⟧⟦U+2029⟧b"],
  ["bidi controls", "admin\u202etsoh", "admin⟦U+202E⟧tsoh"],
  ["zero-width characters", "a\u200bb\ufeffc", "a⟦U+200B⟧b⟦U+FEFF⟧c"],
  ["tags", "a\u{e0041}", "a⟦U+E0041⟧"],
  ["variation selectors", "a\ufe0f\u{e0100}", "a⟦U+FE0F⟧⟦U+E0100⟧"],
  ["half a surrogate pair", "a\ud800b\udc00", "a⟦U+D800⟧b⟦U+DC00⟧"],
  ["private characters", "\ue000", "⟦U+E000⟧"],
  ["spaces that are none", "a\u00a0b\u3000c", "a⟦U+00A0⟧b⟦U+3000⟧c"],
  ["blank letters", "\u3164\u2800\u115f", "⟦U+3164⟧⟦U+2800⟧⟦U+115F⟧"],
  ["towers of marks", `a${"\u0301".repeat(10)}b`, `a${"\u0301".repeat(4)}⟦+6 marks⟧b`],
])("makes %s visible", (_, text, shown) => {
  expect(makeVisible(text)).toBe(shown);
  expect(inspectText(text).hasHidden).toBe(true);
});

test.each(["ada@buildhost", "network/terraform.tfstate", "café", "日本語", "ﬁ שלום مرحبا", "नमस्ते", "🔒", ""])(
  "leaves %j as it is",
  (text) => {
    expect(makeVisible(text)).toBe(text);
    expect(inspectText(text)).toEqual({ hasHidden: false, isMixedScript: false, isTooLong: false });
  },
);

test("showing what is already shown changes nothing", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 70 }), (text, maxLength) => {
      const shown = makeVisible(text);
      const clipped = makeVisible(text, { maxLength });
      expect(makeVisible(shown)).toBe(shown);
      expect(makeVisible(clipped, { maxLength })).toBe(clipped);
      expect([...clipped].length).toBeLessThanOrEqual(maxLength);
      expect(inspectText(shown).hasHidden).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test("segments joined are the visible text, and only symbols of ours are marked hidden", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const segments = segmentText(text);
      expect(segments.map((segment) => segment.text).join("")).toBe(makeVisible(text));
      expect(segments.every((segment) => segment.text !== "")).toBe(true);
      expect(segments.some((segment) => segment.isHidden)).toBe(inspectText(text).hasHidden);
    }),
    { numRuns: 2000 },
  );
});

test("one line stays one line, well-formed and bounded, whatever is in it", () => {
  for (const { value } of HOSTILE_FIELDS) {
    const line = formatOneLine(value.repeat(20));
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    expect(line.isWellFormed()).toBe(true);
    expect(encode(line).length).toBeLessThanOrEqual(DISPLAY_LENGTH_MAX * 4);
  }
});

test.each(["\u0430dmin", "r\u03bfot", "ａｄｍｉｎ", "𝐚𝐝𝐦𝐢𝐧"])("warns of look-alikes: %s", (text) => {
  expect(inspectText(text).isMixedScript).toBe(true);
});

test.each(["проект/terraform.tfstate", "ada@сервер", "Ελλάδα", "日本語terraform"])(
  "does not warn of honest alphabets: %s",
  (text) => {
    expect(inspectText(text).isMixedScript).toBe(false);
  },
);

test("counts characters, not halves of them, when it calls text too long", () => {
  expect(inspectText("x".repeat(DISPLAY_LENGTH_MAX)).isTooLong).toBe(false);
  expect(inspectText("😀".repeat(DISPLAY_LENGTH_MAX)).isTooLong).toBe(false);
  expect(inspectText("x".repeat(DISPLAY_LENGTH_MAX + 1)).isTooLong).toBe(true);
});
