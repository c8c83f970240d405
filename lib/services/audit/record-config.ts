import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** A configuration as the trail tells of it: no value, and nothing secret. */
export type ConfigSummary = {
  readonly digest: string;
  readonly accounts: number;
  readonly sources: readonly string[];
  /** A digest of each part by its name; sources are parts that are nothing but their name. */
  readonly parts: Readonly<Record<string, string>>;
};

const TRIES_MAX = 40;
const TRY_AGAIN_MS = 250;

/** Puts the configuration on the trail where it is not the one that was put there last. Throws AppError `unavailable`. */
export async function recordConfig(ctx: Context, summary: ConfigSummary): Promise<"recorded" | "unchanged"> {
  // Replicas that start together take turns, so that one change is one event.
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const done = await ctx.leadership.lead("record configuration", () => record(ctx, summary));
    if (done !== null) return done;
    await ctx.pause(TRY_AGAIN_MS);
  }
  throw new AppError("The configuration could not be put on the audit trail: another process keeps its turn.", {
    code: "unavailable",
    hint: "Start Lockkeeper again; if it happens again, look for a process that hangs.",
  });
}

async function record(ctx: Context, summary: ConfigSummary): Promise<"recorded" | "unchanged"> {
  const previous = await readPrevious(ctx);
  if (previous?.digest === summary.digest) return "unchanged";
  const details = { ...summary, previousDigest: previous?.digest ?? null, ...compare(previous, summary) };
  const event = { action: "config.changed", actor: { kind: "system", name: "auditor" } } as const;
  await ctx.audit.append({ ...event, atMs: ctx.now(), requestId: null, unlockId: null, details });
  const { added, removed, changed } = details;
  ctx.log.info({ added, removed, changed }, "put the configuration on the audit trail");
  return "recorded";
}

/** Names of what came, went and changed; of a first configuration nothing did. */
function compare(previous: ConfigSummary | null, now: ConfigSummary) {
  if (previous === null) return { added: [], removed: [], changed: [] };
  const before = partsOf(previous);
  const after = partsOf(now);
  const added = [...after.keys()].filter((name) => !before.has(name));
  const removed = [...before.keys()].filter((name) => !after.has(name));
  const changed = [...after].filter(([name, digest]) => before.has(name) && before.get(name) !== digest);
  return { added, removed, changed: changed.map(([name]) => name) };
}

function partsOf({ parts, sources }: ConfigSummary): Map<string, string> {
  return new Map([...Object.entries(parts), ...sources.map((id) => [`source ${id}`, ""] as const)]);
}

async function readPrevious(ctx: Context): Promise<ConfigSummary | null> {
  const [last] = await ctx.audit.find({ action: "config.changed", limit: 1 });
  if (last === undefined) return null;
  // Our own words, signed; a version that wrote less is compared with what it wrote.
  const { digest = "", accounts = 0, sources = [], parts = {} } = JSON.parse(last.line).event.details;
  return { digest, accounts, sources, parts };
}
