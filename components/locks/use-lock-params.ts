"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { type LockParams, readLockParams, writeLockParams } from "./lock-params.ts";

/** Browsers count how often a page rewrites its URL, and refuse when it is too often. */
const WRITE_EVERY_MS = 150;

/**
 * The parameters of the list. They follow what is typed at once, and the URL a moment later; when the URL is changed by
 * anybody else, they follow the URL.
 */
export function useLockParams() {
  const search = useSearchParams();
  const [params, setParams] = useState(() => readLockParams(search));
  const newest = useRef(params);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const written = useRef<string | null>(null);

  const dropWrite = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
  }, []);
  const writeNow = useCallback(() => {
    if (timer.current === undefined) return;
    dropWrite();
    const { pathname, search } = window.location;
    window.history.replaceState(null, "", `${pathname}${writeLockParams(newest.current, search)}`);
    written.current = window.location.search;
  }, [dropWrite]);
  const change = useCallback(
    (part: Partial<LockParams>) => {
      newest.current = { ...newest.current, ...part };
      setParams(newest.current);
      timer.current ??= setTimeout(writeNow, WRITE_EVERY_MS);
    },
    [writeNow],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the router's parameters are its word that the URL has changed.
  useEffect(() => {
    // The router tells of our own writes too, and later than the next key is pressed.
    if (written.current === null || window.location.search === written.current) {
      written.current = window.location.search;
      return;
    }
    dropWrite();
    written.current = window.location.search;
    newest.current = readLockParams(new URLSearchParams(window.location.search));
    setParams(newest.current);
  }, [search, dropWrite]);
  // What was not written by now would be written to the URL of another page.
  useEffect(() => dropWrite, [dropWrite]);

  return { params, change, writeNow };
}
