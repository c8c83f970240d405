import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { LivePage } from "#components/lock/live-page.tsx";
import { LockArticle } from "#components/lock/lock-article.tsx";
import { formatActor } from "#lib/domain/actor.ts";
import { makeVisible } from "#lib/domain/display-text.ts";
import type { LockDetail } from "#lib/domain/lock-detail.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { AppError } from "#lib/services/errors.ts";
import { getLock } from "#lib/services/locks/get-lock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { listUnlocks } from "#lib/services/unlocks/list-unlocks.ts";

const RECENT_REASONS_MAX = 4;

export const metadata: Metadata = { title: "Lock" };

export default async function LockPage({ params }: PageProps<"/locks/[key]">) {
  const ctx = await pageContext();
  const { key } = await params;
  const [detail, recentReasons] = await Promise.all([loadLock(ctx, key), listRecentReasons(ctx)]);
  return (
    <div className="mx-auto w-full max-w-6xl px-3 py-3 md:px-5">
      <title>{`${makeVisible(detail.stateKey, { maxLength: 60 })} · Lockkeeper`}</title>
      <Link href="/" className="mb-2 inline-block rounded text-muted text-sm hover:text-ink">
        ← Locks
      </Link>
      <LivePage />
      <LockArticle detail={detail} recentReasons={recentReasons} />
    </div>
  );
}

async function loadLock(ctx: Context, key: string): Promise<LockDetail> {
  try {
    return await getLock(ctx, key);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

/** What this person wrote lately, to be taken again in one press. */
async function listRecentReasons(ctx: Context): Promise<readonly string[]> {
  const { unlocks } = await listUnlocks(ctx, { actor: formatActor(ctx.actor), limit: 20 });
  return [...new Set(unlocks.map((unlock) => unlock.reason))].slice(0, RECENT_REASONS_MAX);
}
