import { createFairSlots, type FairSlots } from "./listing/fair-slots.ts";

/** The places for all calls but listings. */
export type CallLimiter = FairSlots;

export function createCallLimiter(limits: {
  callsPerSource: number;
  callsPerAccount: number;
  callsInAll: number;
}): CallLimiter {
  const { callsPerSource: perSource, callsPerAccount: perAccount, callsInAll: inAll } = limits;
  return createFairSlots({ perSource, perAccount, inAll });
}
