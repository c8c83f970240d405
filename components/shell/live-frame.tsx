"use client";

import { usePageRefresh } from "#components/ui/use-page-refresh.ts";

const EVERY_MS = 30_000;

/**
 * Keeps the frame fresh around a page that keeps itself so and says when it cannot: broken glass, and what waits for a person.
 * The page's own news are shared by all who see the same locks, and what waits is another thing for each of them.
 */
export function LiveFrame() {
  usePageRefresh(EVERY_MS);
  return null;
}
