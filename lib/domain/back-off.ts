const BACK_OFF_MS_MIN = 1_000;
const BACK_OFF_MS_MAX = 5 * 60_000;

/** How long to wait after the n-th failure in a row (from 1): doubling to five minutes, then shortened by up to half by `share` (0 to 1). */
export function backOffMs(failures: number, share: number): number {
  const fullMs = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_MIN * 2 ** Math.min(failures - 1, 20));
  return Math.round(fullMs * (1 - share / 2));
}
