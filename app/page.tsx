import type { Metadata } from "next";
import { LockBoard } from "#components/locks/lock-board.tsx";
import { loadLockParams, toLockFilter } from "#components/locks/lock-params.ts";
import { LiveFrame } from "#components/shell/live-frame.tsx";
import { NoAccess } from "#components/shell/no-access.tsx";
import { mayAnywhere } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { toLockRow } from "#lib/domain/lock-row.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { listLocks } from "#lib/services/locks/list-locks.ts";

export const metadata: Metadata = { title: "Locks" };

/** What fits on a large screen; the browser fetches the rest. */
const FIRST_ROWS = 60;

export default async function LocksPage({ searchParams }: PageProps<"/">) {
  const ctx = await pageContext();
  if (!mayAnywhere(ctx.access, "locks.view")) return <NoAccess what="any locks" visitor={formatActor(ctx.actor)} />;
  const params = await loadLockParams(searchParams);
  const { locks, ...list } = await listLocks(ctx, { filter: toLockFilter(params), limit: FIRST_ROWS, cursor: null });
  const { asOf, sources, counts } = list;
  return (
    <div data-fills-screen className="flex min-h-0 flex-1 flex-col">
      <LiveFrame />
      <LockBoard first={{ version: "", asOf, sources, rows: locks.map(toLockRow), counts }} />
    </div>
  );
}
