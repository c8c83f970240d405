"use client";

import { type RefObject, useCallback, useEffect, useReducer, useRef } from "react";
import { type ApiProblem, LOST_ANSWER, parseProblem, readJson } from "#components/api/call.ts";
import type { LockList } from "#lib/domain/lock-list.ts";
import { type FeedEvent, type LockFeed, reduceFeed, startFeed } from "./lock-feed.ts";

const VISIBLE_EVERY_MS = 5000;
const HIDDEN_EVERY_MS = 30_000;
/** While a sweep runs its numbers should move. */
const SWEEPING_EVERY_MS = 1000;
const ALL_LOCKS = "/api/v1/locks?limit=10000";

type Options = {
  readonly first: LockList;
  readonly isComplete: boolean;
  /** True while a person is at the list, so that no row may move. */
  readonly isHeldRef: RefObject<boolean>;
};

/** Keeps the list fresh by asking the API again and again; the one place that knows how news arrive. */
export function useLockFeed({ first, isComplete, isHeldRef }: Options): LockFeed & {
  readonly refresh: () => void;
  readonly adopt: () => void;
} {
  const [feed, dispatch] = useReducer(reduceFeed, null, () => startFeed(first, isComplete));
  const pollRef = useRef<() => void>(() => undefined);

  useEffect(() => {
    const poller = createPoller(dispatch, isHeldRef);
    pollRef.current = poller.pollNow;
    if (isComplete) poller.schedule();
    else poller.pollNow();
    document.addEventListener("visibilitychange", poller.onVisibilityChange);
    return () => {
      document.removeEventListener("visibilitychange", poller.onVisibilityChange);
      poller.stop();
    };
  }, [isHeldRef, isComplete]);

  const refresh = useCallback(() => pollRef.current(), []);
  const adopt = useCallback(() => dispatch({ kind: "adopted" }), []);
  return { ...feed, refresh, adopt };
}

function createPoller(dispatch: (event: FeedEvent) => void, isHeldRef: RefObject<boolean>) {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isWanted = false;
  let isSweeping = false;
  let etag: string | null = null;

  const ask = async (): Promise<FeedEvent> => {
    const headers: Record<string, string> = etag === null ? {} : { "if-none-match": etag };
    const response = await fetch(ALL_LOCKS, { headers, cache: "no-store", signal: abort.signal });
    if (response.status === 304) return { kind: "unchanged", isHeld: isHeldRef.current };
    if (!response.ok) return failed(parseProblem(await response.json().catch(() => null), response.status));
    const answer = await readJson<LockList>(response);
    etag = response.headers.get("etag");
    isSweeping = answer.sources.some((source) => source.running !== null);
    return { kind: "answered", answer, isHeld: isHeldRef.current };
  };
  const pollNow = () => {
    isWanted = isAsking;
    if (isAsking || abort.signal.aborted) return;
    clearTimeout(timer);
    isAsking = true;
    void ask()
      .catch(() => {
        isSweeping = false;
        return failed(LOST_ANSWER);
      })
      .then((event) => {
        isAsking = false;
        if (abort.signal.aborted) return;
        dispatch(event);
        if (isWanted) pollNow();
        else schedule();
      });
  };
  const schedule = () => {
    clearTimeout(timer);
    const visibleMs = isSweeping ? SWEEPING_EVERY_MS : VISIBLE_EVERY_MS;
    timer = setTimeout(pollNow, document.visibilityState === "hidden" ? HIDDEN_EVERY_MS : visibleMs);
  };
  return {
    pollNow,
    schedule,
    onVisibilityChange: () => (document.visibilityState === "visible" ? pollNow() : schedule()),
    stop: () => {
      clearTimeout(timer);
      abort.abort();
    },
  };
}

function failed(problem: ApiProblem): FeedEvent {
  return { kind: "failed", problem };
}
