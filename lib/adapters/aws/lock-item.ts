import { classifyItem } from "#lib/domain/dynamodb-item.ts";
import type { HalfBody } from "#lib/domain/half.ts";
import { parseStatePath, type StatePath } from "#lib/domain/state-path.ts";
import { formatAttribute, formatItem, type Item } from "./attribute-value.ts";
import { formatItemRecipe } from "./recreate.ts";

export type LockItem = {
  readonly kind: "lock";
  readonly lockId: string;
  readonly statePath: StatePath;
  readonly body: HalfBody;
  /** The raw `Info` as DynamoDB JSON; null when the item has none. */
  readonly info: string | null;
  /** What it takes to put the item again; null when it cannot be the same again. */
  readonly recreate: string | null;
};

export type ReadItem = LockItem | { readonly kind: "digest" } | { readonly kind: "foreign" };

/** Tells what an item of a lock table is, and takes a lock's body out of it. */
export function readItem(item: Item, bytesMax: number): ReadItem {
  const lockId = item["LockID"]?.S;
  if (lockId === undefined) return { kind: "foreign" };
  const info = item["Info"];
  const hasDigest = item["Digest"] !== undefined;
  const shape = { lockIdValue: lockId, hasInfo: info !== undefined, infoIsString: info?.S !== undefined, hasDigest };
  const itemClass = classifyItem(shape);
  if (itemClass === "digest" || itemClass === "empty_digest") return { kind: "digest" };
  const statePath = parseStatePath(lockId);
  if (itemClass === "foreign" || statePath === null) return { kind: "foreign" };
  const body = itemClass === "lock" && info?.S !== undefined ? textBody(info.S, bytesMax) : itemBody(item, hasDigest);
  const recreate = body.kind === "bytes" && body.isTruncated ? null : formatItemRecipe(item);
  return { kind: "lock", lockId, statePath, body, info: info === undefined ? null : formatAttribute(info), recreate };
}

function textBody(text: string, bytesMax: number): HalfBody {
  const all = Buffer.from(text);
  const bytes = new Uint8Array(all.subarray(0, bytesMax));
  return { kind: "bytes", bytes, sizeBytes: all.length, isTruncated: all.length > bytesMax };
}

function itemBody(item: Item, hasDigest: boolean): HalfBody {
  const bytes = new Uint8Array(Buffer.from(formatItem(item)));
  const withoutDigest = item["Info"] === undefined ? "info_missing" : "info_not_string";
  return { kind: "item", bytes, problem: hasDigest ? "has_digest" : withoutDigest };
}
