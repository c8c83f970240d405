import { expect, test } from "vitest";
import type { RateLimiter } from "#lib/services/ports/people.ts";
import { rememberRefusals } from "./remember-refusals.ts";

const RULE = { limit: 2, perMs: 1_000 };

/** Lets two in, and then none before the time is over. */
function aLimiter() {
  const clock = { nowMs: 0 };
  const asked: string[] = [];
  const inner: RateLimiter = {
    take: async (key) => {
      asked.push(key);
      const count = asked.filter((each) => each === key).length;
      return count <= 2 || clock.nowMs >= 1_000 ? { ok: true } : { ok: false, retryInMs: 1_000 - clock.nowMs };
    },
  };
  return { clock, asked, limiter: rememberRefusals(inner, () => clock.nowMs) };
}

test("whoever was refused is refused until the time that was named, without asking again", async () => {
  const { clock, asked, limiter } = aLimiter();
  for (let index = 0; index < 2; index += 1) expect(await limiter.take("sam", RULE)).toEqual({ ok: true });
  expect(await limiter.take("sam", RULE)).toEqual({ ok: false, retryInMs: 1_000 });
  clock.nowMs = 400;

  for (let index = 0; index < 50; index += 1)
    expect(await limiter.take("sam", RULE)).toEqual({ ok: false, retryInMs: 600 });
  expect(asked).toHaveLength(3);
  clock.nowMs = 1_000;
  expect(await limiter.take("sam", RULE)).toEqual({ ok: true });
});

test("one key's refusal is nobody else's", async () => {
  const { limiter } = aLimiter();
  for (let index = 0; index < 3; index += 1) await limiter.take("sam", RULE);

  expect(await limiter.take("ada", RULE)).toEqual({ ok: true });
});
