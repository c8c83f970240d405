import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import { planRefresh } from "#lib/domain/plan-refresh.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { Source } from "#lib/domain/source.ts";
import { NO_MEMORY, type SourceMemory } from "#lib/domain/source-memory.ts";
import type { SourceScanner, SweepResult } from "#lib/services/ports/scanning.ts";
import type { AwsLimits } from "./limits.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import { asSighting, type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
let scanner: SourceScanner;
beforeAll(async () => {
  world = await startSandboxAccount();
  scanner = newScanner();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.setListing({});
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

test("after a sweep a refresh sees a new, a changed and a released lock beside known states, and leaves others alone", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  for (const name of ["a", "b", "c", "d"]) put(source, `${name}.tfstate`, `state of ${name}`);
  for (const name of ["b", "c", "d"]) put(source, `${name}.tfstate.tflock`, `lock of ${name}`);
  const swept = await sweep(source, []);
  const memory = swept.memory ?? NO_MEMORY;
  put(source, "a.tfstate.tflock", "new");
  world.sandbox.deleteObject(source.name, "b.tfstate.tflock");
  put(source, "c.tfstate.tflock", "another lock of c");
  put(source, "elsewhere/x.tflock", "nobody knew of a state here");

  const plan = planOf(memory, swept.halves);
  world.sandbox.clearJournal();
  const result = await refresh(source, swept.halves, plan);

  expect(plan).toEqual({ ranges: [], locations: ["a", "b", "c", "d"].map((name) => `${name}.tfstate.tflock`) });
  expect(result).toMatchObject({ outcome: "ok", error: null });
  expect(result.halves.map(({ location }) => location)).toEqual([
    "a.tfstate.tflock",
    "c.tfstate.tflock",
    "d.tfstate.tflock",
  ]);
  expect(result.halves[2]).toEqual(swept.halves[2]);
  expect(textsOf(result)).toEqual(["new", "another lock of c", "lock of d"]);
  expect(result.halves.map(({ state }) => state?.sizeBytes)).toEqual([10, 10, 10]);
  expect(result.coverage).toEqual({
    kind: "part",
    ranges: [],
    locations: ["b.tfstate.tflock", "c.tfstate.tflock", "d.tfstate.tflock"],
  });
  expect(statesRead()).toEqual([]);
  // What a refresh saw is for the next sweep nothing new.
  world.sandbox.clearJournal();
  const next = await sweep(source, result.halves);
  expect(next.halves.slice(0, 3)).toEqual(result.halves);
  expect(bodiesRead()).toEqual(["elsewhere/x.tflock"]);
});

test("a listed range shows its new, changed and released locks, and nothing of what lies around it", async () => {
  const source = world.newBucket();
  for (const name of ["a", "m1", "m2", "m3", "z"]) put(source, `${name}.tfstate`, `state of ${name}`);
  for (const name of ["a", "m1", "m2", "z"]) put(source, `${name}.tfstate.tflock`, name);
  const swept = await sweep(source, []);
  world.sandbox.deleteObject(source.name, "m1.tfstate.tflock");
  put(source, "m2.tfstate.tflock", "changed");
  put(source, "m3.tfstate.tflock", "new");
  put(source, "m4/unknown.tflock", "no state yet");
  world.sandbox.deleteObject(source.name, "z.tfstate.tflock");
  world.sandbox.clearJournal();

  const range = { after: "b", through: "n" };
  const result = await refresh(source, swept.halves, { ranges: [range], locations: [] });

  expect(result).toMatchObject({ outcome: "ok", error: null, objectsSeen: 6, requests: 4 });
  expect(result.coverage).toEqual({ kind: "part", ranges: [range], locations: [] });
  expect(result.halves.map(({ location }) => location)).toEqual([
    "m2.tfstate.tflock",
    "m3.tfstate.tflock",
    "m4/unknown.tflock",
  ]);
  expect(textsOf(result)).toEqual(["changed", "new", "no state yet"]);
  expect(result.halves.map(({ state }) => state?.sizeBytes)).toEqual([11, 11, undefined]);
});

test("a lock at the beginning of a range has its state even when that lies before the range", async () => {
  const source = world.newBucket();
  put(source, "a.tfstate", "0123456789");
  put(source, "a.tfstate.backup", "");
  put(source, "a.tfstate.tflock", "x");

  const ranges = [{ after: "a.tfstate.backup", through: null }];
  const result = await refresh(source, [], { ranges, locations: [] });

  expect(result.halves).toMatchObject([{ location: "a.tfstate.tflock", state: { sizeBytes: 10 } }]);
});

test("50 sweeps and refreshes of a bucket that does not change read no body", { timeout: 60_000 }, async () => {
  const source = world.newBucket();
  for (let i = 0; i < 5; i += 1) {
    put(source, `s${i}.tfstate`, "state");
    put(source, `s${i}.tfstate.tflock`, `lock ${i}`);
  }
  const first = await sweep(source, []);
  world.sandbox.clearJournal();
  let { halves } = first;
  const plan = planOf(first.memory ?? NO_MEMORY, halves);
  const ranges = [{ after: "", through: null }];

  for (let round = 0; round < 50; round += 1) {
    halves = (await sweep(source, halves)).halves;
    halves = (await refresh(source, halves, plan)).halves;
    halves = (await refresh(source, halves, { ranges, locations: [] })).halves;
  }

  expect(halves).toEqual(first.halves);
  expect(bodiesRead()).toEqual([]);
  expect(world.sandbox.journal({ bucket: source.name, operation: "GetObject" })).toHaveLength(250);
});

test("a lock that may not be read any more is not gone, and the others are still told", async () => {
  const source = world.newBucket();
  for (const name of ["a", "b"]) put(source, `${name}.tflock`, name);
  const { halves } = await sweep(source, []);
  world.sandbox.deleteObject(source.name, "b.tflock");
  denyReads("a.tflock");
  denyReads("unknown.tflock");

  const locations = ["a.tflock", "b.tflock", "unknown.tflock"];
  const result = await refresh(source, halves, { ranges: [], locations });

  expect(result).toMatchObject({ outcome: "partial", halves: [], error: { code: "access_denied" } });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: ["b.tflock"] });
});

test("a lock that nobody could read before stays as it was known, which is no failure", async () => {
  const source = world.newBucket();
  put(source, "a.tflock", "secret");
  denyReads("a.tflock");
  const { halves } = await sweep(source, []);
  expect(halves).toMatchObject([{ body: { kind: "denied" } }]);

  const result = await refresh(source, halves, { ranges: [], locations: ["a.tflock"] });

  expect(result).toMatchObject({ outcome: "ok", error: null, halves });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: [] });

  world.sandbox.clearFaults();
  const readable = await refresh(source, halves, { ranges: [], locations: ["a.tflock"] });
  expect(textsOf(readable)).toEqual(["secret"]);
});

test("a new lock whose HEAD is refused is found all the same when its body may be read", async () => {
  const source = world.newBucket();
  put(source, "a.tflock", "x");
  const match = { operation: "HeadObject", bucket: source.name };
  world.sandbox.addFault({ match, effect: { kind: "status", status: 400, code: "BadRequest" } });

  const result = await refresh(source, [], { ranges: [], locations: ["a.tflock", "b.tflock"] });

  expect(result.error).toBeNull();
  expect(textsOf(result)).toEqual(["x"]);
});

test("what cannot be listed is not covered, while single places are", async () => {
  const source = world.newBucket();
  put(source, "a.tflock", "x");
  const { halves } = await sweep(source, []);
  const match = { operation: "ListObjectsV2", bucket: source.name };
  world.sandbox.addFault({ match, effect: { kind: "status", status: 403, code: "AccessDenied" } });

  const plan = { ranges: [{ after: "b", through: null }], locations: ["a.tflock"] };
  const result = await refresh(source, halves, plan);

  expect(result).toMatchObject({ outcome: "partial", halves, error: { code: "access_denied" } });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: ["a.tflock"] });
});

test("a bucket that is no more makes nothing gone", async () => {
  const source = world.newBucket();
  put(source, "a.tflock", "x");
  const { halves } = await sweep(source, []);
  const missing = { ...source, name: "acme-no-such-bucket" };

  const result = await refresh(missing, halves, { ranges: [], locations: ["a.tflock", "b.tflock"] });

  expect(result).toMatchObject({ halves: [], error: { code: "not_found" } });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: [] });
});

test("a bucket that hangs is not asked for thousands of places", async () => {
  const source = world.newBucket();
  const limits = { scanCallMs: 200, lateBodies: 3, callsPerSource: 2 };
  world.sandbox.addFault({ match: { bucket: source.name }, effect: { kind: "hang" } });
  const locations = Array.from({ length: 1_000 }, (_, index) => `${index}.tflock`);

  const result = await newScanner(limits).refresh(source, [], { ranges: [], locations });

  expect(result).toMatchObject({ outcome: "error", error: { code: "timeout" } });
  expect(world.sandbox.journal({ bucket: source.name }).length).toBeLessThan(10);
});

test("a store that does not begin a page where it was asked to covers no range, and is from then on listed in turn", async () => {
  const contents = ["a", "m", "z"].map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join("");
  const xml = `<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
  const url = await serveRaw((_, response) => response.end(xml));
  const bucket = world.newBucket();
  const source = { ...bucket, account: { ...bucket.account, endpoints: { ...bucket.account.endpoints, s3: url } } };
  const own = newScanner();
  const ranges = [
    { after: "", through: "n" },
    { after: "n", through: null },
  ];

  const result = await own.refresh(source, [], { ranges, locations: [] });

  expect(result).toMatchObject({ outcome: "partial", error: { code: "invalid_answer" } });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: [] });
  expect((await own.sweep(source, [], () => undefined)).memory).toEqual(NO_MEMORY);
});

function newScanner(limits: Partial<AwsLimits> = {}): SourceScanner {
  return createScanner({ env: world.env, limits: { ...TEST_LIMITS, ...limits } });
}

function sweep(source: Source, known: readonly ObservedHalf[]): Promise<SweepResult> {
  return scanner.sweep(source, known.map(asSighting), () => undefined);
}

function refresh(source: Source, known: readonly ObservedHalf[], plan: RefreshPlan): Promise<SweepResult> {
  const sightings: HalfSighting[] = known.map(asSighting);
  return scanner.refresh(source, sightings, plan);
}

function planOf(memory: SourceMemory, halves: readonly ObservedHalf[]): RefreshPlan {
  const plan = planRefresh(
    memory,
    halves.map(({ location }) => location),
  );
  if (plan === null) throw new Error("There is no plan.");
  return plan;
}

function put(source: Source, key: string, body: string): void {
  world.sandbox.putObject(source.name, key, body);
}

function denyReads(keyIncludes: string): void {
  const match = { operation: ["GetObject", "HeadObject"], keyIncludes };
  world.sandbox.addFault({ match, effect: { kind: "status", status: 403, code: "AccessDenied" } });
}

function textsOf({ halves }: SweepResult): string[] {
  return halves.map(({ body }) => (body.kind === "bytes" ? new TextDecoder().decode(body.bytes) : body.kind));
}

/** Keys of bodies that were sent. */
function bodiesRead(): (string | null)[] {
  const sent = world.sandbox.journal({ operation: "GetObject" }).filter(({ status }) => status < 300);
  return sent.map(({ key }) => key);
}

function statesRead(): (string | null)[] {
  const asked = world.sandbox.journal({ operation: ["GetObject", "HeadObject"] });
  return asked.map(({ key }) => key).filter((key) => !key?.endsWith(".tflock"));
}
