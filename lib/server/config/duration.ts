const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Reads `15s`, `5m` or `1h` as milliseconds; anything else is undefined. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})([smh])$/.exec(text);
  const [, digits, unit] = match ?? [];
  if (digits === undefined || (unit !== "s" && unit !== "m" && unit !== "h")) return undefined;
  return Number(digits) * UNIT_MS[unit];
}
