import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { LivePage } from "#components/lock/live-page.tsx";
import { UnlockArticle } from "#components/unlocks/unlock-article.tsx";
import { makeVisible } from "#lib/domain/display-text.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { getUnlock } from "#lib/services/unlocks/list-unlocks.ts";
import { readHolderNow } from "#lib/services/unlocks/read-holder-now.ts";
import { readUnlockLife } from "#lib/services/unlocks/read-unlock-life.ts";

/** While something is about to change by itself. */
const SETTLING_EVERY_MS = 3000;
/** While it can be undone: somebody may lock, and the time runs out. */
const UNDOABLE_EVERY_MS = 10_000;

export const metadata: Metadata = { title: "Unlock" };

export default async function UnlockPage({ params }: PageProps<"/unlocks/[id]">) {
  const ctx = await pageContext();
  const unlock = await loadUnlock(ctx, (await params).id);
  const isUndoable = unlock.restore.state !== "impossible";
  const [life, holder] = await Promise.all([
    readUnlockLife(ctx, unlock),
    isUndoable ? readHolderNow(ctx, unlock.key) : null,
  ]);
  const isSettling =
    unlock.outcome === "unknown" ||
    unlock.restore.state === "waiting" ||
    unlock.restores.some((restore) => restore.outcome === "unknown");
  return (
    <div className="mx-auto w-full max-w-6xl px-3 py-3 md:px-5">
      <title>{`Unlock of ${makeVisible(unlock.stateKey, { maxLength: 60 })} · Lockkeeper`}</title>
      <Link href="/unlocks" className="mb-2 inline-block rounded text-muted text-sm hover:text-ink">
        ← Unlocks
      </Link>
      {(isSettling || isUndoable) && <LivePage everyMs={isSettling ? SETTLING_EVERY_MS : UNDOABLE_EVERY_MS} />}
      <UnlockArticle unlock={unlock} life={life} holder={holder} />
    </div>
  );
}

async function loadUnlock(ctx: Context, id: string): Promise<UnlockDetail> {
  try {
    return await getUnlock(ctx, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
