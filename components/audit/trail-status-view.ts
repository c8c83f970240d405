/** What the page needs of the state of the trail; the API's `/api/v1/audit/status` answers the same. */
export type TrailStatusView = {
  readonly events: number;
  readonly verdict: { readonly problem: { readonly seq: number; readonly message: string } | null };
  readonly verifiedEvents: number;
  readonly signaturesFrom: number;
  readonly verifiedAtMs: number;
  readonly durationMs: number;
  readonly checkpoint: {
    readonly size: number;
    readonly atMs: number;
    readonly keyId: string;
    readonly root: string;
  } | null;
  readonly checkpointVerdict: {
    readonly problem: string | null;
    readonly compared: readonly { readonly place: string; readonly size: number }[];
  };
  readonly unsignedEvents: number;
};
