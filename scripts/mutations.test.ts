import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { countOf, MUTATIONS } from "./mutation-list.mjs";

test.each(MUTATIONS.map((mutation) => [mutation.what, mutation] as const))(
  "can still %s, so that the mutation check means something",
  (_what, { edits, tests }) => {
    for (const { file, find, replace } of edits) {
      expect(countOf(readFileSync(file, "utf8"), find), `${file}: ${find}`).toBe(1);
      expect(replace).not.toBe(find);
    }
    for (const file of tests) expect(existsSync(file), file).toBe(true);
    expect(tests.length).toBeGreaterThan(0);
  },
);

test("breaks at least 18 guards, each in its own way", () => {
  const ways = MUTATIONS.map(({ edits }) => JSON.stringify(edits));
  expect(new Set(ways).size).toBe(MUTATIONS.length);
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(18);
});
