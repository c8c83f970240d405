"use client";

import { useRouter } from "next/navigation";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useTransition } from "react";
import { useScanNow } from "#components/sources/use-scan-now.ts";
import { DialogOnItsWay } from "#components/ui/typed-ahead.tsx";
import { whenIdle } from "#components/ui/when-idle.ts";
import type { LockRows } from "#lib/domain/lock-news.ts";
import { BoardEmpty, isAllFailing } from "./board-empty.tsx";
import { BoardSummary } from "./board-summary.tsx";
import { CountFilters } from "./count-filters.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { filterRows } from "./filter-rows.ts";
import { loadForKeys, SelectionBar } from "./lazy-parts.tsx";
import { countFilters, formatSort, type LockSort, NO_FILTER, parseSort } from "./lock-params.ts";
import { LockTable, type LockTableHandle, type OpenLock } from "./lock-table.tsx";
import { mergeInPlace } from "./locks-snapshot.ts";
import { NewsPill } from "./news-pill.tsx";
import { useLockFeed } from "./use-lock-feed.ts";
import { useLockParams } from "./use-lock-params.ts";
import { useLockSelection } from "./use-lock-selection.ts";
import { rememberOpened } from "./use-row-focus.ts";

type Props = { readonly first: LockRows };

/** The first screen: which locks need a person. */
export function LockBoard({ first }: Props) {
  const isHeldRef = useRef(false);
  const tableRef = useRef<LockTableHandle>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const router = useRouter();
  const { params, change, writeNow } = useLockParams();
  const isComplete = first.rows.length === first.counts.total;
  const feed = useLockFeed({ first, isComplete, isHeldRef });
  const { selected, toggle, clear } = useLockSelection();
  const scan = useScanNow(feed.refresh);

  const { shown, newest } = feed;
  const merged = useMemo(() => mergeInPlace(shown.rows, newest.rows), [shown, newest]);
  const deferred = useDeferredValue(params);
  const rows = useMemo(() => {
    const kept = filterRows(shown.rows, deferred, Date.parse(shown.asOf));
    if (kept === shown.rows) return merged.rows;
    // Both are in the same order, so the next row that is kept is the next of `kept`.
    let next = 0;
    return merged.rows.filter((row) => row.placed === kept[next] && ++next > 0);
  }, [shown, merged, deferred]);
  const sort = useMemo(() => parseSort(params.sort), [params.sort]);

  const [isToUnlockNext, goToUnlock] = useTransition();
  const onOpen = useCallback<OpenLock>(
    (key, { isToUnlock, isNewTab }) => {
      rememberOpened(key);
      writeNow();
      if (isToUnlock) goToUnlock(() => router.push(`/locks/${key}?unlock=true`));
      else if (isNewTab) window.open(`/locks/${key}`, "_blank", "noopener");
      else router.push(`/locks/${key}`);
    },
    [router, writeNow],
  );
  useEffect(() => whenIdle(loadForKeys), []);
  const onSort = useCallback((next: LockSort | null) => change({ sort: formatSort(next) }), [change]);
  const clearFilters = () => {
    change(NO_FILTER);
    searchRef.current?.focus();
  };
  const wantsRow = useRef(false);
  // The rows follow what is typed a moment later: the first of them is known only then.
  useEffect(() => {
    if (!wantsRow.current || deferred !== params) return;
    wantsRow.current = false;
    tableRef.current?.focusActiveRow();
  });
  const enterList = () => {
    if (deferred === params) tableRef.current?.focusActiveRow();
    else wantsRow.current = true;
  };
  const adopt = () => {
    feed.adopt();
    tableRef.current?.focusActiveRow();
  };

  // Without a single lock there is nothing to count or filter, and zeros would claim to know.
  const hasList = newest.counts.total > 0 || shown.rows.length > 0 || countFilters(params) > 0;

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">Locks</h1>
      <BoardSummary feed={feed} onScan={scan} canShowProblems={!isAllFailing(newest.sources)}>
        {hasList && <CountFilters counts={newest.counts} params={params} onChange={change} />}
      </BoardSummary>
      {hasList && (
        <FilterBar
          rows={shown.rows}
          params={params}
          matching={rows.length}
          onChange={change}
          onClear={clearFilters}
          onEnterList={enterList}
          searchRef={searchRef}
        />
      )}
      <NewsPill heldBack={merged.heldBack} isOrderHeld={shown !== newest} onAdopt={adopt} />
      <LockTable
        rows={rows}
        isComplete={feed.isComplete}
        newKeys={feed.newKeys}
        selected={selected}
        sort={sort}
        onSort={onSort}
        onToggle={toggle}
        onOpen={onOpen}
        isHeldRef={isHeldRef}
        handleRef={tableRef}
        empty={
          rows.length === 0 && (
            <BoardEmpty
              sources={newest.sources}
              hasFilter={countFilters(params) > 0}
              total={shown.rows.length}
              onClear={clearFilters}
            />
          )
        }
      />
      {isToUnlockNext && <DialogOnItsWay />}
      {selected.size > 0 && (
        <SelectionBar
          selected={merged.rows.flatMap((row) => (selected.has(row.lock.key) ? row.lock : []))}
          onClear={clear}
        />
      )}
    </div>
  );
}
