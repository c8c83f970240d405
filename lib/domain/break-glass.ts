import type { RuleName } from "./access/judge-unlock.ts";
import type { Actor } from "./actor.ts";

/** That an unlock went past approval and cool-down, until somebody else has reviewed it and after. */
export type BreakGlass = {
  readonly unlockId: string;
  /** Who did it, at which lock, and why: as the unlock's record has it. */
  readonly actor: Actor;
  readonly account: string;
  readonly bucket: string;
  readonly stateKey: string;
  readonly accounts: readonly string[];
  readonly reason: string;
  /** The rules that it went past; none where they would have let it pass. */
  readonly skipped: readonly RuleName[];
  readonly usedAtMs: number;
  readonly review: { readonly by: Actor; readonly atMs: number; readonly comment: string } | null;
};
