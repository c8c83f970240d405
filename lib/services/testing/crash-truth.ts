import type { HalfOutcome, Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditLine } from "#lib/services/ports/trail.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";
import type { JournalEntry, Sandbox } from "#sandbox/sandbox.ts";
import { ACCOUNT_ID, BUCKET, REGION, TABLE } from "./test-context.ts";

/** What was found when every record was compared with what the sandbox knows to have happened. */
export type Findings = {
  readonly intents: number;
  readonly settledByReading: number;
  readonly deletesSent: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Everything that contradicts a promise; empty when all are kept. */
  readonly broken: readonly string[];
};

const WRITES = ["DeleteObject", "DeleteItem", "DeleteObjects", "PutObject", "PutItem", "UpdateItem", "CopyObject"];
const IS_GONE: ReadonlySet<HalfOutcome> = new Set(["released", "gone_unattributed"]);
const IS_UNTOUCHED: ReadonlySet<HalfOutcome> = new Set(["not_executed", "refused"]);

/**
 * Settles what is open as the next start would, then holds every record against the sandbox's truth: one outcome for each
 * intent, at most one delete for each half, no delete without an intent, none by the reconciler, and a whole chain. Only for
 * locks that nobody but us releases.
 */
export async function settleAndCompare(ctx: Context, sandbox: Sandbox): Promise<Findings> {
  const broken: string[] = [];
  const system: Context = { ...ctx, actor: { kind: "system", name: "reconciler" } };
  const lastBefore = sandbox.journal().at(-1)?.seq ?? 0;
  const { unsettled } = await reconcileUnlocks(system);
  if (unsettled > 0) broken.push(`${unsettled} intents stay without an outcome`);
  const sizeBefore = (await ctx.audit.readHead()).seq;
  const again = await reconcileUnlocks(system);
  if (again.settled + again.unsettled > 0) broken.push("a second reconcile still found something");
  if ((await ctx.audit.readHead()).seq !== sizeBefore) broken.push("a second reconcile wrote to the trail");
  for (const entry of sandbox.journal({ operation: WRITES, afterSeq: lastBefore }))
    broken.push(`the reconciler sent ${entry.operation} of ${entry.key}`);

  const unlocks = await listUnlocks(ctx);
  const intents = unlocks.filter((unlock) => unlock.intentAtMs !== null);
  const lines = await readTrail(ctx);
  broken.push(...(await checkChain(ctx, lines)));
  broken.push(...compareTrail(intents, lines));
  const deletes = sandbox.journal({ operation: WRITES });
  const known = new Set<string>();
  for (const unlock of intents) {
    for (const half of unlock.halves) {
      known.add(half.location);
      const sent = deletes.filter((entry) => entry.key === half.location);
      broken.push(...(await compareHalf(sandbox, { unlock, half, sent })));
    }
  }
  for (const { key, operation } of deletes)
    if (key === null || !known.has(key)) broken.push(`${operation} of ${key} has no intent`);
  const outcomes: Record<string, number> = {};
  for (const { outcome } of intents) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const settledByReading = lines.filter(({ line }) => JSON.parse(line).event.action === "unlock.settled").length;
  return { intents: intents.length, settledByReading, deletesSent: deletes.length, outcomes, broken };
}

type Compared = { unlock: Unlock; half: UnlockHalf; sent: readonly JournalEntry[] };

async function compareHalf(sandbox: Sandbox, { unlock, half, sent }: Compared): Promise<string[]> {
  const broken: string[] = [];
  const isThere = await isHeld(sandbox, half);
  const name = `${half.mechanism} half of ${half.location} (${unlock.outcome}, ${half.outcome})`;
  const carriedOut = sent.filter((entry) => entry.status === 200 || entry.status === 204);
  if (sent.length > 1) broken.push(`${name}: ${sent.length} deletes were sent`);
  if (isThere && carriedOut.length > 0) broken.push(`${name}: deleted, but it is there`);
  if (!isThere && carriedOut.length !== 1) broken.push(`${name}: gone with ${carriedOut.length} deletes`);
  if (IS_GONE.has(half.outcome) && isThere) broken.push(`${name}: it is still there`);
  if (IS_UNTOUCHED.has(half.outcome) && !isThere) broken.push(`${name}: it is gone`);
  if (!IS_GONE.has(half.outcome) && !IS_UNTOUCHED.has(half.outcome)) broken.push(`${name}: not what happened`);
  return broken;
}

async function isHeld(sandbox: Sandbox, half: UnlockHalf): Promise<boolean> {
  if (half.mechanism === "s3") return sandbox.getObject(BUCKET, half.location) !== null;
  return (await sandbox.getItem(ACCOUNT_ID, REGION, TABLE, half.location)) !== null;
}

/** Exactly one intent and one outcome of each unlock on the trail, and the same outcome as in its record. */
function compareTrail(intents: readonly Unlock[], lines: readonly AuditLine[]): string[] {
  const broken: string[] = [];
  const events = lines.map(({ line }) => JSON.parse(line).event);
  for (const { id, outcome } of intents) {
    const mine = events.filter((event) => event.unlockId === id);
    const begun = mine.filter((event) => event.action === "unlock.intent");
    const ended = mine.filter((event) => event.action === "unlock.outcome" || event.action === "unlock.settled");
    if (begun.length !== 1) broken.push(`unlock ${id} has ${begun.length} intents on the trail`);
    if (ended.length !== 1) broken.push(`unlock ${id} has ${ended.length} outcomes on the trail`);
    if (ended[0]?.details.outcome !== outcome)
      broken.push(`unlock ${id} is ${outcome}, and ${ended[0]?.details.outcome} on the trail`);
  }
  const intentEvents = events.filter((event) => event.action === "unlock.intent").length;
  if (intentEvents !== intents.length) broken.push(`${intentEvents} intents on the trail, ${intents.length} recorded`);
  return broken;
}

async function checkChain(ctx: Context, lines: readonly AuditLine[]): Promise<string[]> {
  const verdict = await ctx.audit.verify();
  const broken = verdict.problem === null ? [] : [`the chain is broken: ${verdict.problem.message}`];
  if (verdict.size !== lines.length) broken.push(`${lines.length} events, but a chain of ${verdict.size}`);
  for (const [index, { seq }] of lines.entries())
    if (seq !== index + 1) return [...broken, `event ${index + 1} has the number ${seq}`];
  return broken;
}

async function readTrail(ctx: Context): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = [];
  for (;;) {
    const page = await ctx.audit.readLines({ afterSeq: lines.at(-1)?.seq ?? 0, limit: 5_000 });
    if (page.length === 0) return lines;
    lines.push(...page);
  }
}

async function listUnlocks(ctx: Context): Promise<readonly Unlock[]> {
  return ctx.unlocks.list({ limit: 1_000_000 });
}
