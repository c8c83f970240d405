import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { LivePage } from "#components/lock/live-page.tsx";
import { UnlockArticle } from "#components/unlocks/unlock-article.tsx";
import type { UnlockView } from "#lib/domain/unlock-view.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { AppError } from "#lib/services/errors.ts";
import { getUnlock } from "#lib/services/list-unlocks.ts";

const SETTLING_EVERY_MS = 3000;

export const metadata: Metadata = { title: "Unlock" };

export default async function UnlockPage({ params }: PageProps<"/unlocks/[id]">) {
  const unlock = await loadUnlock((await params).id);
  return (
    <div className="mx-auto w-full max-w-6xl px-3 py-3 md:px-5">
      <Link href="/unlocks" className="mb-2 inline-block rounded text-muted text-sm hover:text-ink">
        ← Unlocks
      </Link>
      {unlock.outcome === "unknown" && <LivePage everyMs={SETTLING_EVERY_MS} />}
      <UnlockArticle unlock={unlock} />
    </div>
  );
}

async function loadUnlock(id: string): Promise<UnlockView> {
  try {
    return await getUnlock(await pageContext(), id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
