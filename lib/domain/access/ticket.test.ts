import fc from "fast-check";
import { expect, test } from "vitest";
import { namesTicket } from "./ticket.ts";

test.each([
  ["INC-1", "INC-#"],
  ["the runner died, see INC-12345.", "INC-#"],
  ["(INC-7)", "INC-#"],
  ["INC-12, then INC-x", "INC-#"],
  ["XINC-1 and INC-2", "INC-#"],
  ["12", "##"],
  ["change 2026/118 is open", "#/#"],
  ["OPS1A2", "OPS#A#"],
  ["INC-1x INC-1", "INC-#"],
  ["störung-4", "störung-#"],
])("%j names a ticket of the form %j", (text, form) => {
  expect(namesTicket(text, form)).toBe(true);
});

test.each([
  ["", "INC-#"],
  ["INC-", "INC-#"],
  ["INC-x", "INC-#"],
  ["inc-1", "INC-#"],
  ["XINC-1", "INC-#"],
  ["X-INC-1", "INC-#"],
  ["_INC-1", "INC-#"],
  ["INC-1x", "INC-#"],
  ["INC-1_", "INC-#"],
  ["INC-1-2", "INC-#"],
  ["INC-1é", "INC-#"],
  ["INC-1e\u0301", "INC-#"],
  ["INC-١", "INC-#"],
  ["INC-\u202e1", "INC-#"],
  ["I.C-1", "INC-#"],
  ["INC-1", "I*C-#"],
  ["INC-1", "I.C-#"],
  ["INC-1", "(INC)-#"],
  ["1", "##"],
])("%j does not name a ticket of the form %j", (text, form) => {
  expect(namesTicket(text, form)).toBe(false);
});

test("says what a plain search for words of that form says", () => {
  const text = fc.string({ unit: fc.constantFrom("A", "-", "1", "2", " ", ".", "é"), maxLength: 14 });
  fc.assert(
    fc.property(text, fc.constantFrom("A-#", "A#", "#", "A#-#", "#1", "1#A"), (reason, form) => {
      const words = reason.split(/[ .]/);
      const pattern = new RegExp(`^${form.replaceAll("#", "[0-9]+")}$`);
      expect(namesTicket(reason, form)).toBe(words.some((word) => pattern.test(word)));
    }),
    { numRuns: 3_000 },
  );
});

test("takes no longer for a text that is all digits", () => {
  const startedMs = performance.now();

  expect(namesTicket("1".repeat(1_000), `${"#".repeat(49)}x`)).toBe(false);

  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
