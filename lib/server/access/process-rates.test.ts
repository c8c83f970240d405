import { expect, test } from "vitest";
import { createProcessRates } from "./process-rates.ts";

test("lets as many pass as the rule says, then tells when the next one may", async () => {
  let nowMs = 0;
  const { take } = createProcessRates(() => nowMs);
  const rule = { limit: 2, perMs: 1_000 };
  expect(await take("a", rule)).toEqual({ ok: true });
  nowMs = 400;
  expect(await take("a", rule)).toEqual({ ok: true });
  expect(await take("a", rule)).toEqual({ ok: false, retryInMs: 600 });
  expect(await take("b", rule)).toEqual({ ok: true });
  nowMs = 1_000;
  expect(await take("a", rule)).toEqual({ ok: true });
});
