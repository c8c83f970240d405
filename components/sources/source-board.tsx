"use client";

import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { readJson } from "#components/api/call.ts";
import { Button } from "#components/ui/button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { useToast } from "#components/ui/toasts.tsx";
import type { SourceView } from "#lib/domain/source-view.ts";
import { addUpSweeps, formatSweep, measureFreshness } from "./freshness.ts";
import { requestScan } from "./request-scan.ts";
import { SourceTable } from "./source-table.tsx";
import { useScanNow } from "./use-scan-now.ts";

const RUNNING_EVERY_MS = 1000;
const QUIET_EVERY_MS = 10_000;

/** The sources, kept fresh while they are looked at. */
export function SourceBoard({ first }: { first: readonly SourceView[] }) {
  const [sources, setSources] = useState(first);
  const [asked, setAsked] = useState(0);
  const say = useToast();
  const sweep = addUpSweeps(sources);
  const isRunning = sweep !== null;
  const scanAll = useScanNow(() => setAsked((count) => count + 1));

  useEffect(() => {
    const abort = new AbortController();
    const timer = setInterval(
      () => {
        if (document.visibilityState !== "visible") return;
        void fetchSources(abort.signal).then((fresh) => fresh !== null && setSources(fresh));
      },
      isRunning || asked > 0 ? RUNNING_EVERY_MS : QUIET_EVERY_MS,
    );
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [isRunning, asked]);

  const scanOne = (sourceId: string) => {
    void requestScan(sourceId).then((problem) => {
      if (problem === null) setAsked((count) => count + 1);
      else say(`Not scanned: ${problem.message}`, problem.hint);
    });
  };
  const { total, read, unread, pending } = measureFreshness(sources);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <p className="text-muted text-sm tabular-nums">
          {sweep !== null
            ? formatSweep(sweep)
            : `${read} of ${total} read${unread.length > 0 ? `, ${unread.length} could not be read` : ""}${pending > 0 ? `, ${pending} not yet` : ""}`}
        </p>
        <Button className="ml-auto" onClick={scanAll} disabled={isRunning} aria-keyshortcuts="r">
          <RefreshCw size={14} aria-hidden="true" /> {isRunning ? "Scanning" : "Scan all"} <KeyHint keys="r" />
        </Button>
      </div>
      <SourceTable sources={sources} onScan={scanOne} />
    </>
  );
}

async function fetchSources(signal: AbortSignal): Promise<readonly SourceView[] | null> {
  try {
    const response = await fetch("/api/v1/locks?limit=1", { cache: "no-store", signal });
    return response.ok ? (await readJson<{ sources: readonly SourceView[] }>(response)).sources : null;
  } catch {
    return null;
  }
}
