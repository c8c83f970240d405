import { expect, test } from "vitest";
import { aLock } from "#components/testing/a-lock.ts";
import { LOCK_STATUSES } from "#lib/domain/lock.ts";
import { ageStart, describeStatus, shortenStateKey } from "./lock-words.ts";

test("a held lock is called stale only when it is judged so", () => {
  expect(describeStatus(aLock()).word).toBe("Held");
  expect(describeStatus(aLock({ attention: "stale" }))).toMatchObject({ word: "Stale", tone: "look" });
});

test("every status has a word of its own, so that colour is not needed", () => {
  const words = LOCK_STATUSES.map((status) => describeStatus(aLock({ status })).word);

  expect(new Set(words).size).toBe(LOCK_STATUSES.length);
});

test("the workspace is left out of the key only where the chip says exactly it", () => {
  expect(shortenStateKey({ stateKey: "env:/dev/net/prod.tfstate", workspace: "dev" })).toBe("net/prod.tfstate");
  expect(shortenStateKey({ stateKey: "ws/dev/net/prod.tfstate", workspace: "dev" })).toBe("ws/dev/net/prod.tfstate");
  expect(shortenStateKey({ stateKey: "env:/dev/", workspace: "dev" })).toBe("env:/dev/");
});

test("an age names the time it counts from", () => {
  expect(ageStart(aLock({ ageFrom: "acquired" }))).toBe("2026-11-23T03:00:01.000Z");
  expect(ageStart(aLock({ ageFrom: "created" }))).toBe("2026-11-23T03:00:00.000Z");
  expect(ageStart(aLock({ ageFrom: "first_seen" }))).toBe("2026-11-23T03:00:30.000Z");
});
