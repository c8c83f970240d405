import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleEntry } from "#lib/adapters/db/testing/samples.ts";
import { rewriteEvent, tamperAndRechain } from "#lib/adapters/db/testing/tamper.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { checkTrail } from "#lib/services/audit/check-trail.ts";
import { createTrailMemory } from "#lib/services/audit/trail-memory.ts";
import { writeCheckpoint } from "#lib/services/audit/write-checkpoint.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { createAuditMetrics } from "./audit-metrics.ts";

let db: TestDatabase;
let ctx: Context;
beforeAll(async () => {
  db = await openTestDatabase();
  ctx = createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores });
});
afterAll(() => db.close());

async function scrape(process: Context): Promise<Record<string, number>> {
  const registry = new Registry();
  await createAuditMetrics([registry]).refresh(process);
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(
    metrics.map(({ name, values }) => [name.replace("lockkeeper_audit_", ""), values[0]?.value ?? 0]),
  );
}

test("probes and metrics tell of a trail that is whole, and of one that was rewritten, and only the last look counts", async () => {
  for (let index = 0; index < 3; index += 1) await ctx.audit.append(sampleEntry());
  expect(await checkTrail(ctx)).toBeNull();
  await writeCheckpoint(ctx);
  expect(await scrape(ctx)).toMatchObject({ events: 3, chain_ok: 1, checkpoint_seq: 3 });

  await tamperAndRechain(db.database, [rewriteEvent(2)]);
  expect(await scrape(ctx)).toMatchObject({ events: 3, chain_ok: 1 });
  const started = { ...ctx, trail: createTrailMemory() };
  expect(await scrape(started)).toMatchObject({ events: 3, chain_ok: 0 });
  expect(await checkTrail(started)).toBe("event 2 of the audit trail does not verify: its signature is not valid");
  await writeCheckpoint(ctx);
  expect(await checkTrail(ctx)).toContain("the audit trail contradicts the checkpoint of 3 events in the database");
});

test("a process whose signing key the trail does not know is not ready", async () => {
  const audit = {
    ...ctx.audit,
    signNote: () => ({ ...ctx.audit.signNote("another"), keyId: ctx.audit.signedBy.keyId }),
  };
  await expect(checkTrail({ ...ctx, audit })).rejects.toThrow("The signing key of the audit trail does not work.");
});
