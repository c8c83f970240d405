import type { Lock } from "#lib/domain/lock.ts";
import type { Source } from "#lib/domain/source.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { type Access, may } from "./access.ts";
import type { Permission } from "./role.ts";
import type { Place } from "./scope.ts";

type StatePath = { readonly bucket: string; readonly stateKey: string };

/** Where a lock is: its state path, in the account of each of its halves. */
export function placesOfLock(lock: Lock, sources: readonly Source[]): readonly Place[] {
  return placesOf(
    lock,
    lock.halves.map(({ sourceId }) => sources.find(({ id }) => id === sourceId)?.account.name ?? lock.account),
  );
}

/** Where an unlock was asked for; of a lock that was gone already, in the accounts that are given. */
export function placesOfUnlock(unlock: Unlock, accounts: readonly string[] = []): readonly Place[] {
  const ofHalves = unlock.halves.map(({ accountName }) => accountName);
  const own = unlock.account === "" ? accounts : [unlock.account];
  return placesOf(unlock, ofHalves.length > 0 ? ofHalves : own);
}

export function placesOf({ bucket, stateKey }: StatePath, accounts: readonly string[]): readonly Place[] {
  return [...new Set(accounts)].map((account) => ({ account, bucket, stateKey }));
}

/** A bucket or a table as a whole. A table has no bucket: whether a part of it may be seen is up to each of its items. */
export function placeOfSource({ account, kind, name }: Pick<Source, "account" | "kind" | "name">): Place {
  return { account: account.name, bucket: kind === "s3" ? name : null, stateKey: null };
}

/** For what is shown: a pair of two accounts belongs to the people of both. */
export function mayAtAny(access: Access, permission: Permission, places: readonly Place[]): boolean {
  return places.some((place) => may(access, permission, place));
}

/** For what is done: it is done to every half. False without a place. */
export function mayAtAll(access: Access, permission: Permission, places: readonly Place[]): boolean {
  return places.length > 0 && places.every((place) => may(access, permission, place));
}
