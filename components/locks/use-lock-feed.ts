"use client";

import { type RefObject, useCallback, useEffect, useReducer, useRef } from "react";
import type { LockRows } from "#lib/domain/lock-news.ts";
import { createBrowserPorts } from "./browser-ports.ts";
import { LockConnection } from "./lock-connection.ts";
import { type LockFeed, reduceFeed, startFeed } from "./lock-feed.ts";

/** A tab that nobody sees gives its connection back: a browser has only six for one server. */
const HIDDEN_MS_MAX = 20_000;
/** A person who leaves the list lets in what was held back, also when nothing else happens. */
const LET_IN_EVERY_MS = 1000;

type Options = {
  readonly first: LockRows;
  readonly isComplete: boolean;
  /** True while a person is at the list, so that no row may move. */
  readonly isHeldRef: RefObject<boolean>;
};

/** Keeps the list fresh by what the server tells; the one place that knows how news arrive. */
export function useLockFeed({ first, isComplete, isHeldRef }: Options): LockFeed & {
  readonly refresh: () => void;
  readonly adopt: () => void;
} {
  const [feed, dispatch] = useReducer(reduceFeed, null, () => startFeed(first, isComplete));
  const connectionRef = useRef<LockConnection | null>(null);

  useEffect(() => {
    const connection = new LockConnection({
      ...createBrowserPorts(),
      emit: (event) => dispatch(event.kind === "failed" ? event : { ...event, isHeld: isHeldRef.current }),
    });
    connectionRef.current = connection;
    connection.start();
    const stopWatching = watchVisibility(connection);
    return () => {
      stopWatching();
      connection.stop();
    };
  }, [isHeldRef]);

  const isHoldingBack = feed.shown !== feed.newest;
  useEffect(() => {
    if (!isHoldingBack) return;
    const timer = setInterval(() => {
      if (!isHeldRef.current) dispatch({ kind: "adopted" });
    }, LET_IN_EVERY_MS);
    return () => clearInterval(timer);
  }, [isHoldingBack, isHeldRef]);

  const refresh = useCallback(() => {
    if (connectionRef.current?.isOpen === false) connectionRef.current.start();
  }, []);
  const adopt = useCallback(() => dispatch({ kind: "adopted" }), []);
  return { ...feed, refresh, adopt };
}

/** Ends the connection of a tab that stays hidden, and catches up when it is seen again. */
function watchVisibility(connection: LockConnection): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const onChange = () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") {
      timer = setTimeout(() => {
        isStopped = true;
        connection.stop();
      }, HIDDEN_MS_MAX);
    } else if (isStopped) {
      isStopped = false;
      connection.start();
    }
  };
  document.addEventListener("visibilitychange", onChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onChange);
  };
}
