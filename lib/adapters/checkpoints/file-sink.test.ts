import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFileSink } from "./file-sink.ts";
import { sampleCheckpoint } from "./testing/sample-checkpoint.ts";

let dataDir: string;
let path: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-sink-"));
  path = join(dataDir, "audit-checkpoints.txt");
});
afterEach(() => rm(dataDir, { recursive: true }));

test("notes are added with an empty line between them, and nothing before them changes", async () => {
  const sink = createFileSink(dataDir, null);
  const notes: string[] = [];
  for (const size of [1, 2, 3]) {
    const checkpoint = await sampleCheckpoint(size);
    notes.push(checkpoint.note);
    await sink.write(checkpoint);
    expect(await readFile(path, "utf8")).toBe(notes.join("\n"));
    expect(await sink.readLatest()).toBe(checkpoint.note);
  }
});

test("without a file there is no newest checkpoint, and reading makes none", async () => {
  expect(await createFileSink(dataDir, null).readLatest()).toBeNull();
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("the newest is found at the end of a long file", async () => {
  const sink = createFileSink(dataDir, null);
  const notes = await Promise.all(Array.from({ length: 500 }, (_, index) => sampleCheckpoint(index + 1)));
  await writeFile(path, notes.map(({ note }) => note).join("\n"));

  expect((await stat(path)).size).toBeGreaterThan(64 * 1024);
  expect(await sink.readLatest()).toBe(notes.at(-1)?.note);
});

test("a note that a crash cut off anywhere before its end is passed over, and the next one can be read", async () => {
  const [first, second, third] = await Promise.all([1, 2, 3].map((size) => sampleCheckpoint(size)));
  if (!first || !second || !third) throw new Error("no samples");
  for (let length = 0; length < second.note.length - 1; length += 1) {
    const sink = createFileSink(dataDir, null);
    await writeFile(path, `${first.note}\n${second.note.slice(0, length)}`);
    expect(await sink.readLatest(), `cut at ${length}`).toBe(first.note);
    await sink.write(third);
    expect(await sink.readLatest(), `cut at ${length}`).toBe(third.note);
    expect(await readFile(path, "utf8")).toContain(second.note.slice(0, length));
  }
});

test("an older note that is added again does not pass for the newest", async () => {
  const sink = createFileSink(dataDir, null);
  const [old, now] = [await sampleCheckpoint(7), await sampleCheckpoint(1_200)];
  await sink.write(now);
  await appendFile(path, `\n${old.note}`);

  expect(await sink.readLatest()).toBe(now.note);
});

test("the same checkpoint is not written twice in a row", async () => {
  const sink = createFileSink(dataDir, null);
  const checkpoint = await sampleCheckpoint(3);
  await sink.write(checkpoint);
  await sink.write(checkpoint);

  expect(await readFile(path, "utf8")).toBe(checkpoint.note);
});

test("a file that cannot be read or written is an error, not an empty one", async () => {
  const sink = createFileSink(join(path, "below-a-file"), null);
  await writeFile(path, "x");

  await expect(sink.readLatest()).rejects.toThrow("ENOTDIR");
  await expect(sink.write(await sampleCheckpoint(1))).rejects.toThrow();
});

test("each database has a file of its own, whatever its password and options are", async () => {
  const nameFor = (url: string | null) => createFileSink(dataDir, url).name;
  const first = nameFor("postgresql://app:secret@db.example/lockkeeper?sslmode=require");

  expect(first).toMatch(/^audit-checkpoints-[0-9a-f]{8}\.txt$/);
  expect(nameFor("postgres://other:word@db.example:5432/lockkeeper")).toBe(first);
  const others = [
    null,
    "postgresql://db.example/other",
    "postgresql://db.example:5433/lockkeeper",
    "postgresql://b/lockkeeper",
  ];
  expect(new Set([first, ...others.map(nameFor)]).size).toBe(5);
});
