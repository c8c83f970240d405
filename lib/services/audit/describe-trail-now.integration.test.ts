import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleEntry } from "#lib/adapters/db/testing/samples.ts";
import { rewriteEvent, tamper } from "#lib/adapters/db/testing/tamper.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { describeTrailNow } from "./describe-trail-now.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test("a page says whether the trail verifies up to its very end, although a full look is only made now and then", async () => {
  const ctx = createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores });
  await ctx.audit.append(sampleEntry());
  await ctx.audit.append(sampleEntry());
  expect(await describeTrailNow(ctx)).toMatchObject({ events: 2, verifiedEvents: 2, verdict: { ok: true } });

  await ctx.audit.append(sampleEntry());
  await ctx.audit.append(sampleEntry());
  expect(await describeTrailNow(ctx)).toMatchObject({ events: 4, verifiedEvents: 4, verdict: { ok: true } });

  await tamper(db.database, [rewriteEvent(3)]);
  const status = await describeTrailNow(ctx);
  expect(status.verdict.problem).toMatchObject({ seq: 3 });
  expect(status.verifiedEvents, "what was found sound before stays so").toBe(2);
});
