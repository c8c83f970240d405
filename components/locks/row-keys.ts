export type RowMove = "next" | "previous" | "first" | "last" | "page-down" | "page-up";

/** The row that becomes active. From none, every move enters the list at the end it comes from. */
export function moveActiveRow(
  keys: readonly string[],
  activeKey: string | null,
  move: RowMove,
  pageLength: number,
): string | null {
  const index = activeKey === null ? -1 : keys.indexOf(activeKey);
  const last = keys.length - 1;
  const target = (() => {
    switch (move) {
      case "next":
        return index + 1;
      case "previous":
        return index === -1 ? last : index - 1;
      case "first":
        return 0;
      case "last":
        return last;
      case "page-down":
        return index + pageLength;
      case "page-up":
        return index - pageLength;
    }
  })();
  return keys[Math.max(0, Math.min(last, target))] ?? null;
}

const MOVES: Readonly<Record<string, RowMove>> = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
  PageDown: "page-down",
  PageUp: "page-up",
};

export function parseRowMove(key: string): RowMove | null {
  return Object.hasOwn(MOVES, key) ? (MOVES[key] ?? null) : null;
}
