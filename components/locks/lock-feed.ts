import type { ApiProblem } from "#components/api/call.ts";
import type { LockList } from "#lib/domain/lock-list.ts";
import { findNewKeys, hasSameOrder } from "./locks-snapshot.ts";

export type LockFeed = {
  /** The answer whose locks and order are on screen. */
  readonly shown: LockList;
  /** The newest answer; the same object as `shown` when nothing is held back. */
  readonly newest: LockList;
  /** False until every lock was fetched once: the page itself brings only the first rows. */
  readonly isComplete: boolean;
  readonly newKeys: ReadonlySet<string>;
  /** Why the last refresh failed; what is shown stays. */
  readonly problem: ApiProblem | null;
};

export type FeedEvent =
  | { readonly kind: "answered"; readonly answer: LockList; readonly isHeld: boolean }
  | { readonly kind: "unchanged"; readonly isHeld: boolean }
  | { readonly kind: "failed"; readonly problem: ApiProblem }
  | { readonly kind: "adopted" };

const NONE: ReadonlySet<string> = new Set();

export function startFeed(first: LockList, isComplete: boolean): LockFeed {
  return { shown: first, newest: first, isComplete, newKeys: NONE, problem: null };
}

/** Takes an event in. While a person is at the list (`isHeld`), no answer moves, adds or removes a row. */
export function reduceFeed(feed: LockFeed, event: FeedEvent): LockFeed {
  switch (event.kind) {
    case "failed":
      return { ...feed, problem: event.problem };
    case "unchanged": {
      const settled = feed.problem === null ? feed : { ...feed, problem: null };
      return event.isHeld ? settled : adopt(settled);
    }
    case "answered":
      return takeAnswer({ ...feed, problem: null }, event.answer, event.isHeld);
    case "adopted":
      return adopt(feed);
  }
}

function takeAnswer(feed: LockFeed, answer: LockList, isHeld: boolean): LockFeed {
  if (!feed.isComplete) return { ...feed, shown: answer, newest: answer, isComplete: true };
  const next = { ...feed, newest: answer };
  return isHeld && !hasSameOrder(feed.shown.locks, answer.locks) ? next : adopt(next);
}

function adopt(feed: LockFeed): LockFeed {
  if (feed.shown === feed.newest) return feed;
  const isSame = hasSameOrder(feed.shown.locks, feed.newest.locks);
  const newKeys = isSame ? feed.newKeys : findNewKeys(feed.shown.locks, feed.newest.locks);
  return { ...feed, shown: feed.newest, newKeys };
}
