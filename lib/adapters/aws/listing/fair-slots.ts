import { createSharedSlots, type Lane, type SharedSlots } from "./shared-slots.ts";

export type FairLimits = { readonly perSource: number; readonly perAccount: number; readonly inAll: number };

/** Requests that all sources may have in flight together; each look at a source opens a lane of its own. */
export type FairSlots = { readonly openLane: (account: string) => Lane };

/**
 * Bounds requests by source, by account and in all. The narrowest place is taken first, so that a source or an account that
 * hangs fills its own few places and not the common ones, and whoever waits for those gets them in turn.
 */
export function createFairSlots(limits: FairLimits): FairSlots {
  const inAll = createSharedSlots(limits.inAll);
  const accounts = new Map<string, { slots: SharedSlots; lane: Lane }>();

  function accountOf(account: string) {
    let known = accounts.get(account);
    if (known === undefined) {
      known = { slots: createSharedSlots(limits.perAccount), lane: inAll.openLane() };
      accounts.set(account, known);
    }
    return known;
  }

  return {
    openLane(account) {
      const { slots, lane: laneInAll } = accountOf(account);
      const laneInAccount = slots.openLane();
      const laneInSource = createSharedSlots(limits.perSource).openLane();
      return {
        async acquire() {
          const releaseSource = await laneInSource.acquire();
          const releaseAccount = await laneInAccount.acquire();
          const release = await laneInAll.acquire();
          return () => {
            release();
            releaseAccount();
            releaseSource();
          };
        },
      };
    },
  };
}
