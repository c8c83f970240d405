import type { FreshFinding, ReadBack } from "./unlock-half-machine.ts";

type Guard = { readonly kind: "etag"; readonly etag: string } | { readonly kind: "item"; readonly info: string | null };

/** What tells one lock at an address from the next. */
type Identity = {
  readonly etag: string | null;
  readonly versionId: string | null;
  readonly fingerprint: string | null;
};
type Present = Identity & { readonly kind: "present"; readonly guard: Guard };
type Read = Present | { readonly kind: "absent" | "denied" | "failed" };

/** Compares a half as it was shown with a fresh read: ETag and bytes must be the same, wherever the scan could read them. */
export function compareWithShown(
  shown: { readonly mechanism: "s3" | "dynamodb"; readonly etag: string | null; readonly fingerprint: string | null },
  read: Read,
): FreshFinding {
  if (read.kind !== "present") return read.kind;
  if (shown.mechanism === "s3" && (shown.etag === null || shown.etag !== read.etag)) return "different";
  const isSame = shown.fingerprint === null ? shown.mechanism === "s3" : shown.fingerprint === read.fingerprint;
  return isSame ? "as_shown" : "different";
}

/** Compares the read that a delete rests on with the read after it. */
export function compareWithBefore(before: Present, after: Read): ReadBack {
  const compared = compareWithRecord(before, after);
  const isGuardKept =
    after.kind === "present" && before.fingerprint === after.fingerprint && isSameGuard(before, after);
  return compared === "same" && !isGuardKept ? "different" : compared;
}

/** Compares what is on record with a read; bytes and versions count wherever both are known. */
export function compareWithRecord(half: Identity, read: Read): ReadBack {
  if (read.kind === "absent") return "absent";
  if (read.kind !== "present") return "unread";
  const isSame =
    read.etag === half.etag && isSameOrUnknown(half.fingerprint, read.fingerprint) && isSameVersion(half, read);
  return isSame ? "same" : "different";
}

/** The same bytes under another version were put there anew. */
function isSameVersion(a: Identity, b: Identity): boolean {
  return isSameOrUnknown(a.versionId, b.versionId);
}

function isSameOrUnknown(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b;
}

function isSameGuard({ guard: a }: Present, { guard: b }: Present): boolean {
  if (a.kind === "etag") return b.kind === "etag" && a.etag === b.etag;
  return b.kind === "item" && a.info === b.info;
}
