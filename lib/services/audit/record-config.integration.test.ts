import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleEntry } from "#lib/adapters/db/testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { type ConfigSummary, recordConfig } from "./record-config.ts";

let db: TestDatabase;
let ctx: Context;
beforeAll(async () => {
  db = await openTestDatabase();
  ctx = createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores });
});
afterAll(() => db.close());

const FIRST: ConfigSummary = {
  digest: "aa",
  accounts: 1,
  sources: ["s3:payments:eu-west-1:acme"],
  parts: { "account payments": "11", scan: "22", "webhook siem": "33" },
};
const SECOND: ConfigSummary = {
  digest: "bb",
  accounts: 2,
  sources: ["s3:payments:eu-west-1:acme-2"],
  parts: { "account payments": "12", scan: "22", "account data": "44" },
};

async function readEvents() {
  const lines = await ctx.audit.readLines({ afterSeq: 0, limit: 1_000 });
  const events = lines.map(({ line }) => JSON.parse(line).event);
  return events.filter(({ action }) => action === "config.changed");
}

test("a configuration is on the trail once, and again when it changes, with the names of what did", async () => {
  expect(await recordConfig(ctx, FIRST)).toBe("recorded");
  await ctx.audit.append(sampleEntry());
  expect(await recordConfig(ctx, FIRST)).toBe("unchanged");
  expect(await recordConfig(ctx, SECOND)).toBe("recorded");
  expect(await recordConfig(ctx, SECOND)).toBe("unchanged");
  expect(await recordConfig(ctx, FIRST)).toBe("recorded");

  const [first, second, third] = await readEvents();
  expect(first).toMatchObject({
    actor: { kind: "system", name: "auditor" },
    details: { ...FIRST, previousDigest: null, added: [], removed: [], changed: [] },
  });
  expect(second.details).toEqual({
    ...SECOND,
    previousDigest: "aa",
    added: ["account data", "source s3:payments:eu-west-1:acme-2"],
    removed: ["webhook siem", "source s3:payments:eu-west-1:acme"],
    changed: ["account payments"],
  });
  expect(third.details).toMatchObject({ digest: "aa", previousDigest: "bb" });
});
