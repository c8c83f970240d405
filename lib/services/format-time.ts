/** A time as the API answers it; null stays null. */
export function formatTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
