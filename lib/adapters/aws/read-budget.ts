import type { PaceClock } from "./pace-clock.ts";

export type ReadRate = {
  readonly unitsPerSecond: number;
  /** Most that may be taken at once after a rest. */
  readonly burstUnits: number;
  /** In any span of this length no more than `windowUnits` are taken. */
  readonly windowMs: number;
  readonly windowUnits: number;
};

/** Books what a read really took, and lets the next one begin. */
export type SettleRead = (takenUnits: number) => void;

export type ReadBudget = {
  /** Waits until this many units may be taken. More than the rate ever allows is granted alone, and paid for afterwards. */
  readonly reserve: (units: number) => Promise<SettleRead>;
  readonly setRate: (rate: ReadRate) => void;
};

type Booking = { units: number; settledAtMs: number | null };

/** A machine that slept, or a debt beyond all reason, must not make one wait endless. */
const PAUSE_MS_MAX = 60_000;
/** Float sums must not cost a millisecond's wait. */
const EPSILON = 1e-6;

/**
 * Spends read units no faster than a rate, in order of asking. A read may take more than was planned (an item is as large as
 * it is): what it took beyond goes into debt, and later reads wait until that is paid.
 */
export function createReadBudget(clock: PaceClock, initialRate: ReadRate): ReadBudget {
  let rate = initialRate;
  let credit = rate.burstUnits;
  let isUntouched = true;
  let creditAtMs = clock.monotonicMs();
  let bookings: Booking[] = [];
  let line: Promise<unknown> = Promise.resolve();
  let settled = Promise.withResolvers<void>();

  function refill(): number {
    const nowMs = clock.monotonicMs();
    credit = Math.min(rate.burstUnits, credit + (Math.max(0, nowMs - creditAtMs) / 1000) * rate.unitsPerSecond);
    creditAtMs = nowMs;
    // A read counts from its answer on: AWS may have metered it as late as that.
    bookings = bookings.filter(({ settledAtMs }) => settledAtMs === null || nowMs - settledAtMs <= rate.windowMs);
    return nowMs;
  }

  /** 0 when it may be taken now; null when only the end of a read in flight can tell. */
  function waitMsFor(units: number): number | null {
    const nowMs = refill();
    const wanted = Math.min(units, rate.burstUnits);
    if (credit < wanted - EPSILON) return Math.ceil(((wanted - credit) / rate.unitsPerSecond) * 1000);
    const booked = bookings.reduce((sum, booking) => sum + booking.units, 0);
    if (booked === 0 || booked + units <= rate.windowUnits + EPSILON) return 0;
    const oldest = bookings.find(({ settledAtMs }) => settledAtMs !== null);
    if (oldest?.settledAtMs === undefined || oldest.settledAtMs === null) return null;
    return Math.max(1, Math.floor(oldest.settledAtMs + rate.windowMs - nowMs) + 1);
  }

  async function takeTurn(units: number): Promise<SettleRead> {
    for (;;) {
      const waitMs = waitMsFor(units);
      if (waitMs === 0) break;
      await (waitMs === null ? settled.promise : clock.pause(Math.min(waitMs, PAUSE_MS_MAX)));
    }
    const booking: Booking = { units, settledAtMs: null };
    bookings.push(booking);
    credit -= units;
    isUntouched = false;
    return (takenUnits) => {
      if (booking.settledAtMs !== null) return;
      const nowMs = refill();
      credit += booking.units - takenUnits;
      booking.units = takenUnits;
      booking.settledAtMs = nowMs;
      // In order of their ends, so that the first settled one is the first to leave the window.
      bookings = [...bookings.filter((other) => other !== booking), booking];
      settled.resolve();
      settled = Promise.withResolvers();
    };
  }

  return {
    reserve(units) {
      const turn = line.then(() => takeTurn(units));
      line = turn.catch(() => undefined);
      return turn;
    },
    setRate(next) {
      refill();
      // A debt stays, and what was saved up at the old rate is no more than the new one's burst.
      credit = isUntouched ? next.burstUnits : Math.min(credit, next.burstUnits);
      rate = next;
    },
  };
}
