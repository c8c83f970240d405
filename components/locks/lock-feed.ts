import type { ApiProblem } from "#components/api/call.ts";
import { advanceAges, applyNews } from "#lib/domain/apply-news.ts";
import type { LockNews, LockRows } from "#lib/domain/lock-news.ts";
import { findNewKeys, hasSameOrder } from "./locks-snapshot.ts";

export type LockFeed = {
  /** The rows whose order is on screen. */
  readonly shown: LockRows;
  /** The newest rows; the same object as `shown` when nothing is held back. */
  readonly newest: LockRows;
  /** False until every row was fetched once: the page itself brings only the first ones. */
  readonly isComplete: boolean;
  readonly newKeys: ReadonlySet<string>;
  /** Why nothing is learned of changes now; what is shown stays. */
  readonly problem: ApiProblem | null;
};

export type FeedEvent =
  | { readonly kind: "fetched"; readonly rows: LockRows; readonly isHeld: boolean }
  | { readonly kind: "told"; readonly news: readonly LockNews[]; readonly isHeld: boolean }
  /** Nothing changed up to this time. */
  | { readonly kind: "unchanged"; readonly asOf: string | null; readonly isHeld: boolean }
  | { readonly kind: "failed"; readonly problem: ApiProblem }
  | { readonly kind: "adopted" };

const NONE: ReadonlySet<string> = new Set();
/** Ages of ten thousand rows are not counted on with each event; a filter by age lags by this. */
const AGES_LAG_MS_MAX = 20_000;

export function startFeed(first: LockRows, isComplete: boolean): LockFeed {
  return { shown: first, newest: first, isComplete, newKeys: NONE, problem: null };
}

/** Takes an event in. While a person is at the list (`isHeld`), none moves, adds or removes a row. */
export function reduceFeed(feed: LockFeed, event: FeedEvent): LockFeed {
  switch (event.kind) {
    case "failed":
      return { ...feed, problem: event.problem };
    case "fetched":
      return takeRows(feed, event.rows, event.isHeld);
    case "told":
      return takeRows(feed, applyAll(feed.newest, event.news), event.isHeld);
    case "unchanged":
      if (!feed.isComplete) return feed;
      return takeRows(feed, event.asOf === null ? feed.newest : keepAges(feed.newest, event.asOf), event.isHeld);
    case "adopted":
      return adopt(feed);
  }
}

/** Whoever sends the news sees to it that they follow each other; one that does not changes nothing. */
function applyAll(rows: LockRows, news: readonly LockNews[]): LockRows {
  const next = news.reduce((before, each) => applyNews(before, each) ?? before, rows);
  return keepAges(next, news.at(-1)?.asOf ?? next.asOf);
}

function keepAges(rows: LockRows, asOf: string): LockRows {
  return Date.parse(asOf) - Date.parse(rows.asOf) < AGES_LAG_MS_MAX ? rows : advanceAges(rows, asOf);
}

function takeRows(feed: LockFeed, rows: LockRows, isHeld: boolean): LockFeed {
  if (!feed.isComplete) {
    return rows === feed.newest ? feed : { ...feed, shown: rows, newest: rows, isComplete: true, problem: null };
  }
  if (rows === feed.newest && feed.problem === null && (isHeld || feed.shown === rows)) return feed;
  const next = { ...feed, newest: rows, problem: null };
  return isHeld && !hasSameOrder(feed.shown.rows, rows.rows) ? next : adopt(next);
}

function adopt(feed: LockFeed): LockFeed {
  if (feed.shown === feed.newest) return feed;
  const isSame = hasSameOrder(feed.shown.rows, feed.newest.rows);
  const newKeys = isSame ? feed.newKeys : findNewKeys(feed.shown.rows, feed.newest.rows);
  return { ...feed, shown: feed.newest, newKeys };
}
