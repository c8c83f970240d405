import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createFileSink } from "#lib/adapters/checkpoints/file-sink.ts";
import { sampleCheckpoint } from "#lib/adapters/checkpoints/testing/sample-checkpoint.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { sampleEntry } from "#lib/adapters/db/testing/samples.ts";
import { rewriteEvent, tamper, tamperAndRechain } from "#lib/adapters/db/testing/tamper.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { parseNote } from "#lib/domain/signed-note.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { CheckpointSink } from "#lib/services/ports/trail.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { describeTrail } from "./describe-trail.ts";
import { createTrailMemory } from "./trail-memory.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";

let db: TestDatabase;
let ctx: Context;
let logged: { level: string; fields: Record<string, unknown>; message: string }[];
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await tamper(db.database, ["DELETE FROM audit_event", "DELETE FROM audit_index", "DELETE FROM audit_checkpoint"]);
  await rm(join(db.dataDir, "audit-checkpoints.txt"), { force: true });
  logged = [];
  ctx = newProcess();
});

/** A process that has just started on the same database and data folder. */
function newProcess(sinks: readonly CheckpointSink[] = [createFileSink(db.dataDir, null)]): Context {
  const log = (level: string) => (fields: Record<string, unknown>, message: string) => {
    logged.push({ level, fields, message });
  };
  return {
    ...createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores }),
    checkpointSinks: sinks,
    log: { info: log("info"), warn: log("warn"), error: log("error") },
  };
}

async function append(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await ctx.audit.append(sampleEntry({ details: { id: randomUUID() } }));
}

/** RFC 6962, written down once more in its recursive form. */
function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), only);
  const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return sha256(Uint8Array.of(1), merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)));
}

async function rootNow(size: number): Promise<string> {
  const hashes = await ctx.audit.readHashes({ afterSeq: 0, limit: size });
  return merkleRoot(hashes.map(({ hash }) => hash)).toString("base64");
}

async function readFileNotes(): Promise<string> {
  return readFile(join(db.dataDir, "audit-checkpoints.txt"), "utf8").catch(() => "");
}

async function expectRefusal(process: Context, problem: string): Promise<void> {
  const [file, latest] = [await readFileNotes(), await db.stores.checkpoints.findLatest()];
  expect(await writeCheckpoint(process)).toEqual({ verdict: "refused", problem: expect.stringContaining(problem) });
  expect(await readFileNotes()).toBe(file);
  expect(await db.stores.checkpoints.findLatest()).toEqual(latest);
  expect(logged.filter(({ level }) => level === "error").map(({ fields }) => fields["problem"])).toEqual([
    expect.stringContaining(problem),
  ]);
}

test("a checkpoint is the root of the whole trail, signed by our key, in the database and in the file", async () => {
  for (const size of [1, 2, 3, 7, 8]) {
    await append(size - (await ctx.audit.readHead()).seq);
    const written = await writeCheckpoint(ctx);
    const note = parseNote(written.verdict === "written" ? written.checkpoint.note : "");
    if (note.verdict !== "parsed") throw new Error(note.problem);
    expect(note.body).toBe(`lockkeeper\n${size}\n${await rootNow(size)}\n`);
    expect(await ctx.audit.isOwnNote(note)).toBe(true);
    expect((await db.stores.checkpoints.findLatest())?.note).toBe(`${note.body}\n${await lastLine()}\n`);
    expect(await createFileSink(db.dataDir, null).readLatest()).toContain(note.body);
  }
});

async function lastLine(): Promise<string> {
  return (await readFileNotes()).trimEnd().split("\n").at(-1) ?? "";
}

test("without new events nothing is written, and an empty trail has no checkpoint", async () => {
  expect(await writeCheckpoint(ctx)).toEqual({ verdict: "unchanged" });
  await append(1);
  await writeCheckpoint(ctx);
  const file = await readFileNotes();
  expect(await writeCheckpoint(ctx)).toEqual({ verdict: "unchanged" });
  expect(await writeCheckpoint(newProcess())).toEqual({ verdict: "unchanged" });
  expect(await readFileNotes()).toBe(file);
});

test("only what is new is read, and a process that starts anew comes to the same root", async () => {
  let read = 0;
  const readHashes: Context["audit"]["readHashes"] = async (input) => {
    const page = await db.stores.audit.readHashes(input);
    read += page.length;
    return page;
  };
  const watched = { ...ctx, audit: { ...ctx.audit, readHashes } };
  await append(50);
  await writeCheckpoint(watched);
  read = 0;
  await append(2);
  expect(await writeCheckpoint(watched)).toMatchObject({ verdict: "written", checkpoint: { size: 52 } });
  // The two, and the one before them to see that it is still the same.
  expect(read).toBe(3);
  await append(1);
  const written = await writeCheckpoint(newProcess());
  const root = written.verdict === "written" ? Buffer.from(written.checkpoint.root).toString("base64") : "";
  expect(root).toBe(await rootNow(53));
});

test.each(["the process that signed", "a process that starts later"])(
  "%s refuses a trail whose owner rewrote an event and every hash after it, and names the event",
  async (which) => {
    await append(9);
    await writeCheckpoint(ctx);
    await tamperAndRechain(db.database, [rewriteEvent(4)]);
    await append(1);
    const process = which === "the process that signed" ? ctx : newProcess();

    await expectRefusal(process, "contradicts the checkpoint of 9 events in the database: its first events are not");
    const status = await describeTrail(process);
    expect(status.verdict).toEqual({ ok: false, problem: { seq: 4, message: "its signature is not valid" } });
    expect(status.checkpointVerdict).toMatchObject({ ok: false, problem: expect.stringContaining("checkpoint of 9") });
  },
);

test("whoever rewrites the database's checkpoints too is told by the file", async () => {
  await append(9);
  await writeCheckpoint(ctx);
  await tamperAndRechain(db.database, [rewriteEvent(4), "DELETE FROM audit_checkpoint"]);

  await expectRefusal(newProcess(), "contradicts the checkpoint of 9 events in audit-checkpoints.txt");
});

test.each([0, 3])("a trail that lost its end is refused, also when it has grown again by %i", async (grown) => {
  await append(5);
  await writeCheckpoint(ctx);
  await tamper(db.database, [
    "DELETE FROM audit_event WHERE seq > 3",
    "DELETE FROM audit_index WHERE seq > 3",
    "DELETE FROM audit_checkpoint",
  ]);
  await append(grown);

  const why = grown === 0 ? "the trail now has only 3" : "its first events are not those that were signed";
  await expectRefusal(ctx, `contradicts the checkpoint of 5 events in audit-checkpoints.txt: ${why}`);
  logged = [];
  await expectRefusal(newProcess(), "contradicts the checkpoint of 5 events in audit-checkpoints.txt");
});

test("a checkpoint in the database that no key of the trail signed is itself a contradiction", async () => {
  await append(2);
  await writeCheckpoint(ctx);
  const { note, root } = await sampleCheckpoint(3);
  await db.stores.checkpoints.record({ size: 3, root, note, keyId: "00000000", atMs: 1 });
  await append(2);

  await expectRefusal(ctx, "the checkpoint of 3 events in the database is not what a key of this trail signed");
});

test("an event that the owner of the database appended without the key is never vouched for", async () => {
  await append(3);
  await writeCheckpoint(ctx);
  await tamper(db.database, [
    `INSERT INTO audit_event SELECT 4, event, hash, sha256(hash || int8send(4) || event), signature, key_id FROM audit_event WHERE seq = 3`,
  ]);

  await expectRefusal(ctx, "event 4 of the audit trail does not verify: its signature is not valid");
});

test("an event whose bytes were changed alone is found by the next full look, and nothing is signed after it", async () => {
  await append(4);
  await writeCheckpoint(ctx);
  await tamper(db.database, [rewriteEvent(2)]);
  await append(1);
  const status = await describeTrail(ctx);

  expect(status.verdict).toEqual({
    ok: false,
    problem: { seq: 2, message: "its hash is not the hash of what it says" },
  });
  await expectRefusal(ctx, "event 2 of the audit trail did not verify at the last full look");
});

test("events that are missing in between are named, and nothing is signed", async () => {
  await append(6);
  await tamper(db.database, ["DELETE FROM audit_event WHERE seq = 3"]);

  await expectRefusal(ctx, "the audit trail lacks events before 4");
  expect((await describeTrail(ctx)).verdict.problem).toMatchObject({ seq: 4 });
});

test("when the trail is what it was again, it is signed again", async () => {
  await append(5);
  await writeCheckpoint(ctx);
  await tamper(db.database, ["CREATE TABLE kept AS SELECT * FROM audit_event", rewriteEvent(2)]);
  await append(1);
  await tamperAndRechain(db.database, []);
  await expectRefusal(ctx, "contradicts the checkpoint of 5 events");
  await tamper(db.database, [
    "DELETE FROM audit_event",
    "DELETE FROM audit_index WHERE seq > 5",
    "INSERT INTO audit_event SELECT * FROM kept",
    "DROP TABLE kept",
  ]);
  await append(1);

  expect(await writeCheckpoint(ctx)).toMatchObject({ verdict: "written", checkpoint: { size: 6 } });
  expect(ctx.trail.refusal).toBeNull();
});

test("a place that fails holds up neither the checkpoint nor the other places, and gets the next", async () => {
  let isBroken = true;
  const received: number[] = [];
  const sink: CheckpointSink = {
    name: "bucket acme",
    write: async ({ size }) => {
      if (isBroken) throw new Error("the bucket is away");
      received.push(size);
    },
    readLatest: async () => {
      if (isBroken) throw new Error("the bucket is away");
      return null;
    },
  };
  const process = newProcess([sink, createFileSink(db.dataDir, null)]);
  await append(1);
  expect(await writeCheckpoint(process)).toMatchObject({ verdict: "written" });
  expect(await readFileNotes()).toContain("lockkeeper\n1\n");
  expect(logged.map(({ level, message }) => [level, message])).toEqual([
    ["warn", "could not read the newest checkpoint"],
    ["warn", "a checkpoint could not be kept here"],
  ]);
  isBroken = false;

  expect(await writeCheckpoint(process)).toEqual({ verdict: "unchanged" });
  expect(await writeCheckpoint(process)).toEqual({ verdict: "unchanged" });
  expect(received).toEqual([1]);
});

test("a process that dies before the database has the checkpoint leaves it outside, and the next one signs the same", async () => {
  await append(3);
  const record = () => Promise.reject(new Error("killed"));
  await expect(writeCheckpoint({ ...ctx, checkpoints: { ...ctx.checkpoints, record } })).rejects.toThrow("killed");
  const file = await readFileNotes();
  expect(file).toContain("lockkeeper\n3\n");

  expect(await writeCheckpoint(newProcess())).toMatchObject({ verdict: "written", checkpoint: { note: file } });
  expect(await readFileNotes()).toBe(file);
});

test("what stands in a place and no key of the trail signed is told once and says nothing", async () => {
  await append(2);
  await appendFile(join(db.dataDir, "audit-checkpoints.txt"), (await sampleCheckpoint(70)).note);
  for (let round = 0; round < 3; round += 1) {
    const strange = { name: "elsewhere", write: async () => {}, readLatest: async () => "no note at all" };
    expect(await writeCheckpoint({ ...ctx, checkpointSinks: [strange, ...ctx.checkpointSinks] })).toMatchObject({
      verdict: round === 0 ? "written" : "unchanged",
    });
  }
  expect(logged.map(({ fields }) => fields["place"]).toSorted()).toEqual(["audit-checkpoints.txt", "elsewhere"]);
});

test("processes that sign at the same time never sign two trails", async () => {
  const others = await Promise.all(
    [1, 2, 3].map(async () => {
      const signer = await loadAuditSigner({ pem: null, dataDir: db.dataDir });
      return { ...newProcess(), ...(await openStores(db.database, signer)) };
    }),
  );
  const processes = [ctx, ...others];
  await Promise.all(
    processes.map(async (process) => {
      for (let round = 0; round < 8; round += 1) {
        await process.audit.append(sampleEntry());
        await writeCheckpoint(process);
      }
    }),
  );
  await writeCheckpoint(ctx);

  const rows = await db.database.prisma.auditCheckpoint.findMany({ orderBy: { size: "asc" } });
  expect(rows.at(-1)?.size).toBe(32n);
  for (const { size, root } of rows) expect(Buffer.from(root).toString("base64")).toBe(await rootNow(Number(size)));
  expect(logged.filter(({ level }) => level === "error")).toEqual([]);
});

test("the verifier accepts an export with every checkpoint of the file, and refuses one that was cut off", async () => {
  for (const count of [1, 4, 3]) {
    await append(count);
    await writeCheckpoint(ctx);
  }
  expect(await runVerifier()).toMatchObject({ status: 0 });
  await tamperAndRechain(db.database, [
    "DELETE FROM audit_event WHERE seq > 6",
    "DELETE FROM audit_index WHERE seq > 6",
  ]);
  expect(await runVerifier()).toMatchObject({ status: 1, stdout: expect.stringContaining("checkpoint") });
});

async function runVerifier() {
  const lines = await ctx.audit.readLines({ afterSeq: 0, limit: 1_000 });
  const [trail, keys] = [join(db.dataDir, "export.jsonl"), join(db.dataDir, "keys.txt")];
  await writeFile(trail, lines.map(({ line }) => `${line}\n`).join(""));
  await writeFile(keys, (await ctx.audit.listPublicKeys()).join("\n"));
  const checkpoints = join(db.dataDir, "audit-checkpoints.txt");
  const verifier = ["scripts/audit-verify.mjs", trail, "--key", keys, "--checkpoint", checkpoints];
  return spawnSync(process.execPath, verifier, { encoding: "utf8" });
}

test("a status tells what is signed and what not yet, and pages that load together look once", async () => {
  let looks = 0;
  const verify: Context["audit"]["verify"] = () => {
    looks += 1;
    return db.stores.audit.verify();
  };
  let nowMs = 0;
  const watched = { ...ctx, audit: { ...ctx.audit, verify }, monotonicMs: () => nowMs, trail: createTrailMemory() };
  await append(3);
  expect(await describeTrail(watched)).toMatchObject({ events: 3, checkpoint: null, unsignedEvents: 3 });
  await writeCheckpoint(watched);
  await append(2);
  const [status] = await Promise.all([describeTrail(watched), describeTrail(watched)]);
  const head = await ctx.audit.readHead();

  expect(status).toMatchObject({
    events: 5,
    headHash: Buffer.from(head.hash).toString("hex"),
    verdict: { ok: true, problem: null },
    verifiedEvents: 3,
    signaturesFrom: 1,
    checkpoint: { size: 3, keyId: ctx.audit.signedBy.keyId, root: await rootNow(3) },
    checkpointVerdict: { ok: true, problem: null },
    unsignedEvents: 2,
  });
  expect(looks).toBe(1);
  nowMs = 30_000;
  expect(await describeTrail(watched)).toMatchObject({
    verifiedEvents: 5,
    checkpointVerdict: { compared: [{ place: "the database", size: 3 }] },
  });
  expect(looks).toBe(2);
});
