import type { Mechanism } from "./source.ts";

/** Exact place of one half. It always comes from where the half was found, never from lock text. */
export type HalfAddress = {
  readonly sourceId: string;
  readonly mechanism: Mechanism;
  /** The object key (`*.tflock`) or the `LockID` value, byte for byte. */
  readonly location: string;
};

/** What is stored at an address, as far as it could be read. */
export type HalfBody =
  | {
      readonly kind: "bytes";
      /** At most 64 KiB: the object's body, or the UTF-8 bytes of a string `Info`. */
      readonly bytes: Uint8Array;
      readonly sizeBytes: number;
      readonly isTruncated: boolean;
    }
  /** A DynamoDB item whose `Info` is missing or not a string; the bytes are the item as DynamoDB JSON. */
  | {
      readonly kind: "item";
      readonly bytes: Uint8Array;
      readonly problem: "info_missing" | "info_not_string" | "has_digest";
    }
  /** Present in the listing, but the body could not be read. */
  | { readonly kind: "denied"; readonly sizeBytes: number | null; readonly problem: string };

/** Size and date of the state beside a lock, from the same listing; the state itself is never read. */
export type StateListing = { readonly lastModifiedMs: number; readonly sizeBytes: number };

/** One half as one sweep saw it. */
export type ObservedHalf = HalfAddress & {
  readonly bucket: string;
  readonly stateKey: string;
  readonly body: HalfBody;
  /** SHA-256 (hex) of the body's bytes; null when denied. */
  readonly fingerprint: string | null;
  readonly etag: string | null;
  readonly versionId: string | null;
  /** S3 only: the server's own time of acquisition. */
  readonly lastModifiedMs: number | null;
  readonly state: StateListing | null;
};

/** One half over all the sweeps that saw the same bytes at the same place. */
export type HalfSighting = ObservedHalf & {
  readonly id: string;
  readonly firstSeenAtMs: number;
  /** Start of the last sweep that saw it. */
  readonly lastSeenAtMs: number;
  readonly sweepsSeen: number;
  /** True once both halves were present with identical bytes. */
  readonly isPaired: boolean;
  readonly goneAtMs: number | null;
  /** The unlock that removed it, when it was us. */
  readonly goneUnlockId: string | null;
};
