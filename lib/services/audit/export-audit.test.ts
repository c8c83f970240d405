import { expect, test } from "vitest";
import { isKnownAction } from "#lib/domain/audit-export/audit-class.ts";
import { aLine, unlockDetails } from "#lib/domain/audit-export/testing/audit-lines.ts";
import { toByteStream } from "#lib/server/byte-stream.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditAction, AuditEntry, AuditLine } from "#lib/services/ports/trail.ts";
import { anAsker } from "#lib/services/testing/an-asker.ts";
import { EXPORT_FORMATS, type ExportAuditInput, exportAudit } from "./export-audit.ts";

/** A trail in memory that counts its reads, and appends what it is told to. */
function aTrail(lines: AuditLine[], over: Partial<Context["audit"]> = {}) {
  const trail = { lines, reads: 0, linesRead: 0, appended: [] as AuditEntry[] };
  const unused = () => Promise.reject(new Error("an export does not ask for this"));
  const audit: Context["audit"] = {
    append: async (entry) => {
      trail.appended.push(entry);
      lines.push(aLine({ ...entry, at: new Date(entry.atMs).toISOString(), seq: (lines.at(-1)?.seq ?? 0) + 1 }));
    },
    readHead: async () => ({ seq: lines.at(-1)?.seq ?? 0, hash: new Uint8Array(32) }),
    readLines: async ({ afterSeq, limit }) => {
      trail.reads += 1;
      const page = lines.filter(({ seq }) => seq > afterSeq).slice(0, limit);
      trail.linesRead += page.length;
      return page;
    },
    readHashes: unused,
    find: unused,
    verify: unused,
    verifyAfter: unused,
    isOwnNote: unused,
    signedBy: { keyName: "lockkeeper", keyId: "00000000" },
    signNote: () => {
      throw new Error("an export signs nothing");
    },
    listPublicKeys: unused,
    ...over,
  };
  return { trail, ctx: anAsker({ audit }) };
}

function someLines(count: number, action: (seq: number) => string = () => "unlock.outcome"): AuditLine[] {
  return Array.from({ length: count }, (_, index) => aLine({ seq: index + 1, action: action(index + 1) }));
}

async function exportText(ctx: Parameters<typeof exportAudit>[0], input: ExportAuditInput): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of (await exportAudit(ctx, input)).stream) pieces.push(piece);
  return pieces.join("");
}

test.each(EXPORT_FORMATS)(
  "20,000 events as %s: one page is read for each piece taken, and none ahead of it",
  async (format) => {
    const { trail, ctx } = aTrail(someLines(20_000));
    const { stream } = await exportAudit(ctx, { format, afterSeq: 0 });
    const surveyed = trail.reads;
    expect(surveyed).toBe(1);

    let pieces = 0;
    let records = 0;
    let largestPage = 0;
    for await (const piece of stream) {
      const rows = piece.split("\n").length - 1;
      const isHeader = format === "csv" && pieces === 0;
      pieces += 1;
      if (!isHeader) records += rows;
      largestPage = Math.max(largestPage, rows);
      expect(trail.reads - surveyed).toBe(format === "csv" ? pieces - 1 : pieces);
    }
    expect(records).toBe(20_000);
    expect(largestPage).toBeLessThanOrEqual(200);
  },
);

test("a cancelled download stops reading the trail", async () => {
  const { trail, ctx } = aTrail(someLines(20_000));
  const { stream } = await exportAudit(ctx, { format: "jsonl", afterSeq: 0 });
  const reader = toByteStream(stream).getReader();
  await reader.read();
  await reader.cancel();
  const { reads } = trail;

  // The survey, the piece that was taken, and at most the one that a stream keeps ready.
  expect(reads).toBeLessThanOrEqual(3);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(trail.reads).toBe(reads);
});

test("a filter that finds nothing for long can be cancelled all the same", async () => {
  const { trail, ctx } = aTrail([...someLines(2_000), aLine({ seq: 2_001, action: "unlock.refused" })]);
  const { stream } = await exportAudit(ctx, { format: "cef", afterSeq: 0, filter: { action: "unlock.refused" } });
  const surveyed = trail.reads;
  const reader = toByteStream(stream).getReader();
  await reader.read();
  await reader.cancel();

  expect(trail.reads - surveyed).toBeLessThanOrEqual(2);
});

test("nobody waits: the survey of a filtered export stops, and nothing is recorded", async () => {
  const { trail, ctx } = aTrail(someLines(20_000));
  const signal = AbortSignal.abort();
  const asked = exportAudit(ctx, { format: "csv", afterSeq: 0, filter: { actor: "riley" }, signal });

  await expect(asked).rejects.toThrow("cancelled");
  expect([trail.reads, trail.appended]).toEqual([1, []]);
});

test("an export is on the trail before its first byte, and not in itself", async () => {
  const { trail, ctx } = aTrail(someLines(3));
  const { stream } = await exportAudit(ctx, { format: "jsonl", afterSeq: 1 });

  expect(trail.appended).toEqual([
    {
      action: "audit.exported",
      actor: ctx.actor,
      atMs: Date.UTC(2026, 10, 24),
      requestId: "01REQUEST",
      unlockId: null,
      details: { format: "jsonl", afterSeq: 1, upToSeq: 3, events: 2, filter: {} },
    },
  ]);
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  expect(pieces.join("")).toBe(`${trail.lines[1]?.line}\n${trail.lines[2]?.line}\n`);
});

test("an export ends where the trail ended when it was asked for, even where events are missing before", async () => {
  const { trail, ctx } = aTrail([aLine({ seq: 1 }), aLine({ seq: 3 })]);
  const { stream } = await exportAudit(ctx, { format: "jsonl", afterSeq: 0 });
  trail.lines.push(aLine({ seq: 5 }));

  const piece = await stream.next();
  expect(String(piece.value).match(/"seq":\d+/g)).toEqual(['"seq":1', '"seq":3']);
  expect((await stream.next()).done).toBe(true);
});

test("what cannot be recorded is not exported", async () => {
  const { trail, ctx } = aTrail(someLines(3), { append: () => Promise.reject(new Error("disk full")) });

  await expect(exportAudit(ctx, { format: "csv", afterSeq: 0 })).rejects.toMatchObject({ code: "unavailable" });
  expect(trail.reads).toBe(1);
});

test("what the database says of why it cannot record is passed on", async () => {
  const error = new AppError("The database cannot record this.", {
    code: "unavailable",
    hint: "Make room on its disk.",
  });
  const { ctx } = aTrail(someLines(3), { append: () => Promise.reject(error) });

  await expect(exportAudit(ctx, { format: "csv", afterSeq: 0 })).rejects.toBe(error);
});

test.each([
  ["an empty trail", [], 0, {}],
  ["nothing new", someLines(3), 3, {}],
  ["a number that is not reached yet", someLines(3), 30, {}],
  ["only records of exports", someLines(3, () => "audit.exported"), 0, {}],
  ["only records of exports since", someLines(3, (seq) => (seq > 1 ? "audit.exported" : "unlock.intent")), 1, {}],
  ["nothing that the filter wants", someLines(3), 0, { outcome: "changed" }],
])("an export is no event when it answers with nothing to tell: %s", async (_name, lines, afterSeq, filter) => {
  const { trail, ctx } = aTrail([...lines]);
  await exportText(ctx, { format: "csv", afterSeq, filter });

  expect(trail.appended).toEqual([]);
});

test("a client that follows the trail does not make it grow", async () => {
  const { trail, ctx } = aTrail(someLines(5));
  let afterSeq = 0;
  for (let poll = 0; poll < 10; poll += 1) {
    const text = await exportText(ctx, { format: "jsonl", afterSeq });
    afterSeq += text.split("\n").length - 1;
  }

  expect(trail.lines).toHaveLength(6);
  expect(afterSeq).toBe(6);
});

test("a line that is not ours is exported as a record that says so, and is worth an event", async () => {
  const { trail, ctx } = aTrail([{ seq: 1, line: "nonsense" }]);

  expect(await exportText(ctx, { format: "csv", afterSeq: 0 })).toContain('"1","","unreadable line"');
  expect(trail.appended).toHaveLength(1);
});

test("a filtered export has what was asked for, and its record says how many and of what", async () => {
  const lines = [
    ...someLines(250, (seq) => (seq % 2 === 0 ? "unlock.intent" : "unlock.outcome")),
    aLine({ seq: 251, details: unlockDetails({ account: "other" }) }),
  ];
  const { trail, ctx } = aTrail(lines);
  const filter = { action: "unlock.outcome", account: "payments-prod", fromMs: undefined };
  const text = await exportText(ctx, { format: "csv", afterSeq: 100, filter });

  expect(text.match(/^"\d+"/gm)).toEqual(Array.from({ length: 75 }, (_, index) => `"${101 + 2 * index}"`));
  expect(trail.appended[0]?.details).toEqual({ format: "csv", afterSeq: 100, upToSeq: 251, events: 75, filter });
});

test("JSONL takes no filter, since what is left out cannot be told from what was taken away", async () => {
  const { trail, ctx } = aTrail(someLines(3));
  const asked = exportAudit(ctx, { format: "jsonl", afterSeq: 0, filter: { actor: "riley" } });

  await expect(asked).rejects.toMatchObject({ code: "invalid", hint: expect.stringContaining("csv, ocsf or cef") });
  expect(trail.appended).toEqual([]);
});

test("a trail that lost its end breaks the download instead of looking whole", async () => {
  const { ctx } = aTrail(someLines(3), { readHead: async () => ({ seq: 9, hash: new Uint8Array(32) }) });
  const { stream } = await exportAudit(ctx, { format: "jsonl", afterSeq: 0 });

  expect((await stream.next()).done).toBe(false);
  await expect(stream.next()).rejects.toThrow(/4 to 9 are not there|Events 5 to 9/);
});

test("every action that may be appended has a class of its own in the exports", () => {
  const actions: Readonly<Record<AuditAction, true>> = {
    "unlock.intent": true,
    "unlock.outcome": true,
    "unlock.unknown": true,
    "unlock.settled": true,
    "unlock.refused": true,
    "unlock.invalid": true,
    "restore.intent": true,
    "restore.outcome": true,
    "restore.unknown": true,
    "restore.settled": true,
    "restore.refused": true,
    "audit.exported": true,
    "audit.key_rotated": true,
    "access.denied": true,
    "sign_in.succeeded": true,
    "sign_in.failed": true,
    "sign_in.ended": true,
    "session.revoked": true,
    "person.added": true,
    "person.changed": true,
    "token.made": true,
    "token.revoked": true,
    "approval.requested": true,
    "approval.given": true,
    "approval.denied": true,
    "approval.withdrawn": true,
    "approval.expired": true,
    "approval.voided": true,
    "break_glass.used": true,
    "break_glass.reviewed": true,
    "config.changed": true,
  };
  expect(Object.keys(actions).filter((action) => !isKnownAction(action))).toEqual([]);
});
