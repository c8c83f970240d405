import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { verifyTrail } from "#lib/adapters/db/testing/verify-trail.ts";
import type { AuditEventFilter } from "#lib/domain/audit-export/audit-filter.ts";
import { CSV_COLUMNS } from "#lib/domain/audit-export/csv.ts";
import { aHalf, unlockDetails } from "#lib/domain/audit-export/testing/audit-lines.ts";
import { checkApiActivity } from "#lib/domain/audit-export/testing/ocsf-check.ts";
import { isFormula, readCef, readCsv } from "#lib/domain/audit-export/testing/readers.ts";
import { HOSTILE_FIELDS } from "#lib/domain/testing/hostile-fields.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { anAsker } from "#lib/services/testing/an-asker.ts";
import { type ExportAuditInput, exportAudit } from "./export-audit.ts";

const AT = Date.UTC(2026, 10, 23);
const EVENTS = HOSTILE_FIELDS.length + 450;

let db: TestDatabase;
let ctx: ReturnType<typeof anAsker>;

beforeAll(async () => {
  db = await openTestDatabase();
  const { audit } = db.stores;
  ctx = anAsker({ audit, now: () => AT });
  for (const [index, { value }] of HOSTILE_FIELDS.entries()) {
    const halves = [aHalf({ detail: value })];
    const details = unlockDetails({ statePath: value, who: value, reason: value, lockId: value, halves });
    await audit.append(anEntry(index, { details }));
  }
  for (let index = HOSTILE_FIELDS.length; index < EVENTS; index += 1) {
    const outcome = index % 3 === 0 ? "changed" : "released";
    const action = index % 5 === 0 ? "unlock.refused" : "unlock.outcome";
    const details = unlockDetails({ outcome, account: index % 2 === 0 ? "payments-prod" : "data_lake%" });
    await audit.append(anEntry(index, { action, details, unlockId: `unlock-${index % 7}` }));
  }
}, 120_000);
afterAll(() => db.close());

function anEntry(index: number, over: Partial<AuditEntry>): AuditEntry {
  const actor = index % 4 === 0 ? ({ kind: "system", name: "reconciler" } as const) : ctx.actor;
  const entry = { action: "unlock.outcome", actor, atMs: AT + index * 1000, requestId: "r", unlockId: "u" } as const;
  return { ...entry, details: {}, ...over };
}

async function exportText(input: Partial<ExportAuditInput>): Promise<string> {
  const { stream } = await exportAudit(ctx, { format: "jsonl", afterSeq: 0, ...input });
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces.join("");
}

async function readLast(): Promise<{ seq: number; event: { action: string; details: object } }> {
  const { seq } = await ctx.audit.readHead();
  const [last] = await ctx.audit.readLines({ afterSeq: seq - 1, limit: 1 });
  return JSON.parse(last?.line ?? "{}");
}

test("a JSONL export verifies as one chain, and the next one holds the record of it", async () => {
  const before = (await ctx.audit.readHead()).seq;
  const lines = (await exportText({})).split("\n").slice(0, -1);
  const keys = await ctx.audit.listPublicKeys();

  expect(await verifyTrail(lines, keys)).toMatchObject({ verdict: "verified", lastSeq: before });
  expect(await readLast()).toMatchObject({
    seq: before + 1,
    event: { action: "audit.exported", details: { format: "jsonl", afterSeq: 0, upToSeq: before, events: before } },
  });
  const rest = (await exportText({ afterSeq: before })).split("\n").slice(0, -1);
  expect(rest).toHaveLength(1);
  expect(await verifyTrail([...lines, ...rest], keys)).toMatchObject({ verdict: "verified", lastSeq: before + 1 });
  expect((await ctx.audit.readHead()).seq).toBe(before + 1);
});

test("a trail full of hostile text is whole in every format", async () => {
  const upToSeq = (await ctx.audit.readHead()).seq;
  const [header, ...rows] = readCsv(await exportText({ format: "csv" }));
  expect(header).toEqual(CSV_COLUMNS);
  expect(rows.map(([seq]) => Number(seq))).toEqual(Array.from({ length: upToSeq }, (_, index) => index + 1));
  expect(rows.filter((row) => row.length !== CSV_COLUMNS.length || row.some(isFormula))).toEqual([]);

  const cef = (await exportText({ format: "cef" })).split("\n").slice(0, -1);
  const cefSeqs = cef.map((line) => Number(readCef(line).extensions.get("externalId")));
  expect(cefSeqs).toEqual(Array.from({ length: upToSeq + 1 }, (_, index) => index + 1));

  const ocsf = (await exportText({ format: "ocsf" }))
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(ocsf.map((event) => event.metadata.sequence)).toEqual(
    Array.from({ length: upToSeq + 2 }, (_, index) => index + 1),
  );
  expect(ocsf.flatMap(checkApiActivity)).toEqual([]);
});

test.each<AuditEventFilter>([
  { actor: "reconciler" },
  { actor: "riley", outcome: "changed" },
  { account: "data_lake%" },
  { statePath: "NETWORK/terraform" },
  { statePath: "%" },
  { statePath: "_" },
  { statePath: "\\" },
  { outcome: "released", action: "unlock.refused" },
  { unlockId: "unlock-3" },
  { fromMs: AT + 100_000, toMs: AT + 200_000 },
  { fromMs: AT + 100_000, account: "payments-prod" },
  { actor: "nobody" },
])("an export filtered by %j has the events that the list of events finds", async (filter) => {
  const found = await ctx.audit.find({ ...filter, limit: 10_000 });
  const [, ...rows] = readCsv(await exportText({ format: "csv", filter }));

  expect(rows.map(([seq]) => Number(seq))).toEqual(found.map(({ seq }) => seq).toReversed());
  if (rows.length > 0) expect((await readLast()).event.details).toMatchObject({ events: rows.length, filter });
});

test("while the database takes no writes, nothing is exported", async () => {
  const { prisma } = db.database;
  await prisma.$executeRawUnsafe(
    `CREATE FUNCTION refuse_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$`,
  );
  await prisma.$executeRawUnsafe(
    "CREATE TRIGGER refuse_insert BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_insert()",
  );
  await expect(exportAudit(ctx, { format: "jsonl", afterSeq: 0 })).rejects.toMatchObject({ code: "unavailable" });
  await prisma.$executeRawUnsafe("DROP TRIGGER refuse_insert ON audit_event");
  expect(await exportText({})).not.toBe("");
});
