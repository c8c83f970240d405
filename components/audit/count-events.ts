/** "1 event", "1,234 events". */
export function countEvents(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "event" : "events"}`;
}
