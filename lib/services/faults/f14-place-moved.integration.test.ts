import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccountSettings } from "#lib/domain/account.ts";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import { type ManyAccounts, openManyAccounts } from "#lib/services/testing/many-accounts.ts";

let many: ManyAccounts;
beforeAll(async () => {
  many = await openManyAccounts(2);
});
afterAll(() => many.close());

function accountAt(index: number): AccountSettings {
  const account = many.accounts[index];
  if (account === undefined) throw new Error(`no account ${index}`);
  return account;
}

/** Scans a place that is not what the configuration says, beside one that is. */
async function scanMoved(
  kind: Source["kind"],
  name: string,
): Promise<{ readonly moved: SourceView; readonly sound: SourceView; readonly answers: ReadonlySet<number | null> }> {
  const [account, sound] = [accountAt(0), many.sourceOf(accountAt(1))];
  const place = { account, region: account.region, prefix: "", kind, name };
  const moved: Source = { ...place, id: formatSourceId({ ...place, account: account.name }) };
  const ctx: Context = { ...many.ctx, sources: [moved, sound] };
  many.sandbox.clearJournal();
  const views = await startScan(ctx, { sourceId: null }).done;
  const viewOf = (id: string) => {
    const view = views.find((one) => one.id === id);
    if (view === undefined) throw new Error(`no view of ${id}`);
    return view;
  };
  const asked = many.sandbox.journal().filter(({ bucket }) => bucket === name);
  const answers = new Set(asked.map(({ status }) => status));
  return { moved: viewOf(moved.id), sound: viewOf(sound.id), answers };
}

test("F14: a bucket in another region is told with its region, and is not followed there", async () => {
  many.sandbox.createBucket({ accountId: accountAt(0).id, name: "moved-tfstate", region: "us-west-2" });

  const { moved, sound, answers } = await scanMoved("s3", "moved-tfstate");

  expect(moved).toMatchObject({ status: "error", locksFound: 0 });
  expect(`${moved.error?.message} ${moved.error?.hint}`).toContain("us-west-2");
  expect([...answers]).toEqual([301]);
  expect(sound.status).toBe("ok");
});

test("F14: a bucket that belongs to somebody else by now is refused, and nothing of it is shown", async () => {
  many.sandbox.createBucket({ accountId: accountAt(1).id, name: "taken-over-tfstate", region: accountAt(0).region });
  many.sandbox.putObject("taken-over-tfstate", "a.tfstate.tflock", "{}");

  const { moved, sound } = await scanMoved("s3", "taken-over-tfstate");

  expect(moved).toMatchObject({ status: "error", locksFound: 0 });
  expect(moved.error?.message).toMatch(/AWS denies/);
  expect(sound.status).toBe("ok");
});

test.each([
  ["s3", "gone-tfstate"],
  ["dynamodb", "gone-locks"],
] as const)("F14: a place of %s that is not there is told in words, and the others are read", async (kind, name) => {
  const { moved, sound } = await scanMoved(kind, name);

  expect(moved).toMatchObject({ status: "error", locksFound: 0 });
  expect(moved.error?.message).toMatch(/^There is no/);
  expect(sound.status).toBe("ok");
});
