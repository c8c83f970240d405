import fc from "fast-check";
import { type AuditRecord, computeEventHash, formatAuditLine } from "#lib/adapters/db/audit-line.ts";
import type { AuditSigner } from "#lib/adapters/db/signing-key.ts";
import { buildRecord, buildRecords, formatExport, rotationStep, sampleSteps } from "./audit-export.ts";

export type Trail = {
  readonly records: readonly AuditRecord[];
  readonly signer: AuditSigner;
  /** Has no key that anybody trusts. */
  readonly stranger: AuditSigner;
};

/** A trail of two keys, the second of which is introduced on it. */
export function sampleTrail([signer, next, stranger]: readonly [AuditSigner, AuditSigner, AuditSigner]): Trail {
  const steps = [...sampleSteps(4, signer), rotationStep(signer, next), ...sampleSteps(3, next)];
  return { records: buildRecords(steps), signer, stranger };
}

export type Mutation = (trail: Trail) => Buffer;

/**
 * One change of an export by somebody who has no trusted key. Cutting whole lines off the end is not among them: without a
 * checkpoint nobody can notice it.
 */
export const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.oneof(
    fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, by]) => onBytes(at, 1, (old) => [(old ?? 0) ^ by])),
    fc.tuple(fc.nat(), fc.nat(3), fc.nat(255)).map(([line, before, byte]) => atLineEnd(line, before, byte)),
    fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => onBytes(at, 0, () => [byte])),
    fc.tuple(fc.nat(), fc.integer({ min: 1, max: 40 })).map(([at, length]) => onBytes(at, length, () => [])),
  ),
  fc.oneof(
    fc.nat().map((at) => onLines((lines) => lines.toSpliced(at % (lines.length - 1), 1))),
    fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => onLines((lines) => copyLine(lines, from, to))),
    fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => onLines((lines) => swapLines(lines, from, to))),
    fc.nat().map((at) => (trail: Trail) => insertForged(trail, at)),
  ),
  fc
    .tuple(fc.nat(), fc.nat(), anyField(), fc.string({ maxLength: 12, unit: "binary" }))
    .map(([at, from, field, text]) =>
      onLines((lines) => lines.with(at % lines.length, changeField(lines, at, from, field, text))),
    ),
  fc.tuple(fc.nat(), fc.nat(), fc.constantFrom<Seal>("kept", "stranger's", "disguised"), fc.boolean()).map(
    ([at, byte, seal, isChained]) =>
      (trail: Trail) =>
        rewrite(trail, at, byte, seal, isChained),
  ),
);

function onBytes(position: number, length: number, replace: (old: number | undefined) => readonly number[]): Mutation {
  return ({ records }) => {
    const bytes = formatExport(records);
    const at = position % bytes.length;
    const after = bytes.subarray(Math.min(at + length, bytes.length));
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(replace(bytes[at])), after]);
  };
}

/** Puts a byte in the place of one of the last of a line, its line break included. */
function atLineEnd(line: number, before: number, byte: number): Mutation {
  return (trail) => {
    const lines = trail.records.slice(0, (line % trail.records.length) + 1);
    return onBytes(formatExport(lines).length - 1 - before, 1, () => [byte])(trail);
  };
}

function onLines(change: (lines: readonly string[]) => readonly string[]): Mutation {
  return ({ records }) =>
    Buffer.from(
      change(records.map(formatAuditLine))
        .map((line) => `${line}\n`)
        .join(""),
    );
}

const lineAt = (lines: readonly string[], index: number) => lines[index % lines.length] ?? "";

function copyLine(lines: readonly string[], from: number, to: number): readonly string[] {
  return lines.toSpliced(to % (lines.length + 1), 0, lineAt(lines, from));
}

function swapLines(lines: readonly string[], one: number, other: number): readonly string[] {
  const swapped = lines.with(one % lines.length, lineAt(lines, other));
  return swapped.with(other % lines.length, lineAt(lines, one));
}

/** A line with the right number, link and hash, which only its signature gives away. */
function insertForged({ records, stranger, signer }: Trail, position: number): Buffer {
  const at = position % (records.length + 1);
  const before = records.slice(0, at);
  const forger = position % 2 === 0 ? stranger : { ...stranger, keyId: signer.keyId };
  return formatExport([...buildRecords(sampleSteps(1, forger), before), ...records.slice(at)]);
}

function anyField(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "v",
    "seq",
    "prevHash",
    "hash",
    "signature",
    "keyId",
    "at",
    "action",
    "name",
    "mark",
    "details",
  );
}

/** Puts another line's value, or a new one, in the place of a field. */
function changeField(lines: readonly string[], at: number, from: number, field: string, text: string): string {
  const value = new RegExp(`"${field}":("[^"]*"|\\d+|\\{)`);
  const taken = value.exec(lineAt(lines, from))?.[1] ?? "null";
  const made = from % 3 === 0 ? JSON.stringify(text) : from % 3 === 1 ? `${from}` : taken;
  return lineAt(lines, at).replace(value, () => `"${field}":${made}`);
}

type Seal = "kept" | "stranger's" | "disguised";

/** Changes what an event says and makes its hash right again; with `isChained`, those of all later events too. */
function rewrite({ records, stranger }: Trail, position: number, byte: number, seal: Seal, isChained: boolean): Buffer {
  const at = position % records.length;
  const changed: AuditRecord[] = [];
  for (const [index, record] of records.entries()) {
    const prevHash = isChained || index === at ? (changed.at(-1)?.hash ?? record.prevHash) : record.prevHash;
    const event = index === at ? changeEvent(record.event, byte) : record.event;
    if (index < at || (index > at && !isChained)) changed.push(record);
    else if (seal === "kept")
      changed.push({ ...record, event, prevHash, hash: computeEventHash(prevHash, record.seq, event) });
    else {
      const forger = seal === "disguised" ? { ...stranger, keyId: record.keyId } : stranger;
      changed.push(buildRecord(event, forger, record.seq, prevHash));
    }
  }
  return formatExport(changed);
}

function changeEvent(event: Uint8Array, position: number): Uint8Array {
  const text = Buffer.from(event).toString();
  const digits = [...text.matchAll(/\d/g)].map(({ index }) => index);
  const at = digits[position % digits.length] ?? 0;
  return Buffer.from(`${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`);
}

/** The number of the first line that differs; null where they say the same, whether or not the last line has its end. */
export function findFirstDifference(one: Buffer, other: Buffer): number | null {
  const [lines, others] = [one, other].map((bytes) => bytes.toString("latin1").replace(/\n$/, "").split("\n"));
  const length = Math.max(lines?.length ?? 0, others?.length ?? 0);
  const index = Array.from({ length }).findIndex((_, at) => lines?.[at] !== others?.[at]);
  return index === -1 ? null : index + 1;
}
