import { compareUtf8 } from "./utf8-order.ts";

/** A stretch of a bucket's keys in the order of their UTF-8 bytes: behind `after`, up to and with `through`; null is the end. */
export type KeyRange = { readonly after: string; readonly through: string | null };

export function isInRange(key: string, { after, through }: KeyRange): boolean {
  return compareUtf8(key, after) > 0 && (through === null || compareUtf8(key, through) <= 0);
}
