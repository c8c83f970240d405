import { expect, test } from "vitest";
import { aLock } from "#components/testing/a-lock.ts";
import { LOCK_STATUSES } from "#lib/domain/lock.ts";
import { describeStatus, shortenStateKey } from "./lock-words.ts";

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
