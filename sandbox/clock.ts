export type SandboxClock = {
  /** The sandbox's own time: what it dates answers, objects and sessions with. */
  readonly now: () => number;
  /** How far the sandbox's clock is ahead of this machine's. */
  offsetMs: number;
  /** Whether requests dated too far from the sandbox's time are refused, as AWS does. */
  refusesSkew: boolean;
};

/** Makes a clock that tests can set apart from this machine's. */
export function createClock(): SandboxClock {
  const clock: SandboxClock = { now: () => Date.now() + clock.offsetMs, offsetMs: 0, refusesSkew: true };
  return clock;
}
