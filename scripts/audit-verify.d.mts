/** `seq` is null where it is not about an event. */
export type TrailNotice = { readonly seq: number | null; readonly text: string };

export type KeyUse = {
  readonly name: string;
  readonly keyId: string;
  readonly events: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The event that introduced the key; null for one that the reader gave. */
  readonly rotationSeq: number | null;
};

export type TrailVerdict =
  | {
      readonly verdict: "verified";
      readonly events: number;
      readonly firstSeq: number | null;
      readonly lastSeq: number | null;
      readonly headHash: string | null;
      /** RFC 6962 root in base64; null for a part of a trail. */
      readonly root: string | null;
      readonly lastEventAt: string | null;
      readonly keys: readonly KeyUse[];
      readonly checkpoints: { readonly count: number; readonly sizeMax: number };
      readonly notices: readonly TrailNotice[];
    }
  | {
      readonly verdict: "bad";
      /** Null where a part begins with something that has no number. */
      readonly seq: number | null;
      /** Null where it is a checkpoint that contradicts. */
      readonly line: number | null;
      readonly problem: string;
      readonly notices: readonly TrailNotice[];
    };

export type NamedText = { readonly name: string; readonly text: string };

export class NotChecked extends Error {}

export function verifyExport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  trust: {
    readonly keys: readonly NamedText[];
    readonly checkpoints?: readonly NamedText[];
    readonly isPartAllowed?: boolean;
  },
): Promise<TrailVerdict>;
