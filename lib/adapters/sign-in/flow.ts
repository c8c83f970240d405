import { AsyncLocalStorage } from "node:async_hooks";
import type { Claims } from "#lib/domain/access/claims.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";

export type FlowProblem = { readonly problem: SignInProblem; readonly reason: string };

/** What one call of better-auth finds out on its way, for whoever made the call. */
export type Flow = {
  /** The state that came back, for a callback. */
  readonly state: string | null;
  isAgain: boolean;
  next: string;
  startedAtMs: number;
  /** Of a token that was verified. */
  claims: Claims | null;
  signedInAtMs: number | null;
  sessionId: string | null;
  /** Why it will fail, in our words. */
  problem: FlowProblem | null;
};

const flows = new AsyncLocalStorage<Flow>();

export function runFlow<T>(flow: Flow, run: () => Promise<T>): Promise<T> {
  return flows.run(flow, run);
}

export function currentFlow(): Flow | null {
  return flows.getStore() ?? null;
}

export function newFlow(given: Partial<Flow> = {}): Flow {
  return {
    state: null,
    isAgain: false,
    next: "/",
    startedAtMs: 0,
    claims: null,
    signedInAtMs: null,
    sessionId: null,
    problem: null,
    ...given,
  };
}
