import type { Access } from "#lib/domain/access/access.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import type { SignIn } from "#lib/domain/access/sign-in.ts";
import type { UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { Actor, Identity } from "#lib/domain/actor.ts";
import type { RestoreOutcome } from "#lib/domain/restore.ts";
import type { ScanRule } from "#lib/domain/scan-schedule.ts";
import type { Source } from "#lib/domain/source.ts";
import type { UnlockOutcome } from "#lib/domain/unlock.ts";
import type { ApprovalStore, BreakGlassStore } from "./approving.ts";
import type { PersonStore, RateLimiter, SignInDesk, TokenStore } from "./people.ts";
import type { RestoreStore } from "./restoring.ts";
import type { ChangeFeed, SightingStore, SourceScanner, SweepRegistry, SweepResult } from "./scanning.ts";
import type { AuditTrail, CheckpointSink, CheckpointStore, DeliveryStore, Destination, TrailMemory } from "./trail.ts";
import type { UnlockGateway, UnlockStore } from "./unlocking.ts";

/** Lets one process at a time do a named piece of work, over all replicas. */
export type Leadership = {
  /** Runs `work`, or resolves with null at once while another process (or another call of this one) does it. */
  readonly lead: <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
};

export type Log = {
  readonly info: (fields: Record<string, unknown>, message: string) => void;
  readonly warn: (fields: Record<string, unknown>, message: string) => void;
  readonly error: (fields: Record<string, unknown>, message: string) => void;
};

/** Counts for /metrics; never carries state paths, lock IDs or people. */
export type Counters = {
  readonly sweepEnded: (source: Source, outcome: SweepResult["outcome"], durationMs: number) => void;
  readonly unlockEnded: (outcome: UnlockOutcome) => void;
  readonly restoreEnded: (outcome: RestoreOutcome) => void;
  readonly auditAppendFailed: () => void;
  readonly checkpointWritten: (checkpoint: { size: number; atMs: number }) => void;
  readonly deliveryLag: (destination: string, events: number) => void;
};

/** What every verb needs from the world. `actor` is who asks, never taken from a request body. */
export type Context = {
  readonly actor: Actor;
  /** What the actor may do: every verb asks it itself, at the place where it would act. */
  readonly access: Access;
  readonly signIn: SignIn;
  /** How old a sign-in may be before what cannot be undone; null asks nobody to sign in anew. */
  readonly freshSignInMsMax: number | null;
  /** What somebody else may do now, from what is stored and configured; null for who is unknown or disabled. */
  readonly accessOf: (identity: Identity) => Promise<Access | null>;
  /** What an unlock takes beside the permission, by scope. */
  readonly policies: readonly UnlockPolicy[];
  /** Groups and people who may approve at all of these places, as the configuration names them. */
  readonly nameApprovers: (places: readonly Place[]) => readonly string[];
  /** Has what is on the trail sent to every destination at once. */
  readonly hurryDeliveries: () => void;
  readonly requestId: string;
  readonly now: () => number;
  /** Time that never jumps, for deadlines within this process; only differences mean anything. */
  readonly monotonicMs: () => number;
  readonly newId: () => string;
  /** 256 random bits, as 43 characters of base64url. */
  readonly newSecret: () => string;
  /** Waits; tests pass one that does not. */
  readonly pause: (ms: number) => Promise<void>;
  /** SHA-256 of UTF-8 text or bytes, lower-case hex. */
  readonly sha256: (data: string | Uint8Array) => string;
  readonly accounts: readonly AccountSettings[];
  readonly sources: readonly Source[];
  readonly scanner: SourceScanner;
  readonly gateway: UnlockGateway;
  readonly sightings: SightingStore;
  readonly unlocks: UnlockStore;
  readonly restores: RestoreStore;
  readonly approvals: ApprovalStore;
  readonly breakGlass: BreakGlassStore;
  readonly audit: AuditTrail;
  readonly checkpoints: CheckpointStore;
  readonly checkpointSinks: readonly CheckpointSink[];
  readonly deliveries: DeliveryStore;
  readonly destinations: readonly Destination[];
  readonly rates: RateLimiter;
  readonly tokens: TokenStore;
  readonly people: PersonStore;
  /** Null where nobody signs in here: at this machine alone, or behind a proxy that signs people in. */
  readonly signInDesk: SignInDesk | null;
  readonly leadership: Leadership;
  readonly changes: ChangeFeed;
  /** What waits for the store before anything is sent is given up after this long; null for a store within this process. */
  readonly storeAnswerMsMax: number | null;
  readonly trail: TrailMemory;
  /** For how long after its outcome an unlock can be undone. */
  readonly restoreWindowMs: number;
  readonly scanRuleOf: (source: Source) => ScanRule;
  readonly sweeps: SweepRegistry;
  readonly counters: Counters;
  readonly log: Log;
};
