import { expect, test } from "vitest";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { openTestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { recordConfig } from "./record-config.ts";

const SUMMARY = { digest: "cc", accounts: 1, sources: ["s3:payments:eu-west-1:acme"], parts: { scan: "22" } };

test("replicas that start together with a new configuration record it once", async () => {
  const db = await openTestDatabase();
  try {
    const ctx = createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores });
    const replicas = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const signer = await loadAuditSigner({ pem: null, dataDir: db.dataDir });
        const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
        return { ...ctx, ...(await openStores(db.database, signer)), pause };
      }),
    );
    const done = await Promise.all(replicas.map((replica) => recordConfig(replica, SUMMARY)));

    expect(done.toSorted()).toEqual(["recorded", "unchanged", "unchanged", "unchanged"]);
    expect((await ctx.audit.readHead()).seq).toBe(1);
  } finally {
    await db.close();
  }
});
