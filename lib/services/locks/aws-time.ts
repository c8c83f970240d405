import type { Context } from "#lib/services/ports/context.ts";

/** Less is no more than the delay of answers, and the second that `Date` is rounded to. */
const DIFFERENCE_MS_MIN = 5_000;

type Clocks = Pick<Context, "now"> & { readonly scanner: Pick<Context["scanner"], "clockOffsetMs"> };

/** The difference in use, kept until it is clearly wrong: each answer's own would make time jump to and fro. */
const offsetsInUse = new WeakMap<Clocks["scanner"], number>();

/** The time by AWS's clock, which dates the locks: neither ages nor the order of sweeps may depend on ours being right. */
export function awsNow({ now, scanner }: Clocks): number {
  const inUse = offsetsInUse.get(scanner) ?? 0;
  const measured = scanner.clockOffsetMs() ?? inUse;
  if (Math.abs(measured - inUse) <= DIFFERENCE_MS_MIN) return now() + inUse;
  const offset = Math.abs(measured) <= DIFFERENCE_MS_MIN ? 0 : measured;
  offsetsInUse.set(scanner, offset);
  return now() + offset;
}
