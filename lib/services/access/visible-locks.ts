import { mayEverywhere, viewKey } from "#lib/domain/access/access.ts";
import { mayAtAny, placesOfLock } from "#lib/domain/access/places.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { contentOf } from "#lib/domain/lock-builder.ts";
import type { Context } from "#lib/services/ports/context.ts";

type Seer = Pick<Context, "access" | "sources">;
type Answers = WeakMap<object, boolean>;

const VIEWS_MAX = 50;

/** What each view sees of the locks as they stand, by configuration: ten thousand need not be asked about for every page. */
const known = new WeakMap<Context["sources"], Map<string, Answers>>();

/** Those of these locks that the actor may see. */
export function visibleLocks(ctx: Seer, locks: readonly Lock[]): readonly Lock[] {
  if (mayEverywhere(ctx.access, "locks.view")) return locks;
  const answers = answersOf(ctx);
  return locks.filter((lock) => {
    // Its places are part of its content: another place is another lock.
    const content = contentOf(lock);
    const before = answers.get(content);
    if (before !== undefined) return before;
    const isVisible = mayAtAny(ctx.access, "locks.view", placesOfLock(lock, ctx.sources));
    answers.set(content, isVisible);
    return isVisible;
  });
}

function answersOf({ access, sources }: Seer): Answers {
  const views = known.get(sources) ?? new Map<string, Answers>();
  known.set(sources, views);
  const key = viewKey(access);
  const answers = views.get(key) ?? new WeakMap();
  // The one that was asked for longest ago goes first.
  views.delete(key);
  views.set(key, answers);
  for (const oldest of views.keys()) {
    if (views.size <= VIEWS_MAX) break;
    views.delete(oldest);
  }
  return answers;
}
