import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  type AuditRecord,
  computeEventHash,
  encodeEvent,
  FIRST_PREV_HASH,
  formatAuditLine,
  verifyLines,
} from "./audit-line.ts";
import { type AuditSigner, loadAuditSigner } from "./signing-key.ts";
import { sampleEntry } from "./testing/samples.ts";

let signer: AuditSigner;
beforeAll(async () => {
  signer = await loadAuditSigner({ pem: newPem(), dataDir: "" });
});

function newPem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function buildLines(count: number, key: AuditSigner = signer): string[] {
  let prevHash: Uint8Array = FIRST_PREV_HASH;
  return Array.from({ length: count }, (_, index) => {
    const seq = index + 1;
    const event = encodeEvent(sampleEntry({ details: { seq, text: 'grüße, ","event":{ and \\' } }));
    const hash = computeEventHash(prevHash, seq, event);
    const record: AuditRecord = { seq, event, prevHash, hash, signature: key.sign(hash), keyId: key.keyId };
    prevHash = hash;
    return formatAuditLine(record);
  });
}

test("an untouched export verifies, from its beginning and from a later line", () => {
  const lines = buildLines(5);
  expect(verifyLines(lines, [signer.vkey])).toMatchObject({ verdict: "ok", seq: 5 });
  expect(verifyLines(lines.slice(2), [signer.vkey], 2)).toMatchObject({ verdict: "ok", seq: 5 });
  for (const line of lines) expect(JSON.parse(line).v).toBe(1);
});

test("any single change of an export is noticed at the line it was made in, or at the one after", () => {
  const lines = buildLines(4);
  const index = fc.nat(lines.length - 1);
  const mutation = fc.oneof(
    fc.record({
      kind: fc.constant("edit" as const),
      index,
      at: fc.nat(),
      text: fc.string({ minLength: 1, maxLength: 2, unit: "binary" }),
    }),
    fc.record({ kind: fc.constant("cut" as const), index, at: fc.nat() }),
    fc.record({ kind: fc.constant("remove" as const), index: fc.nat(lines.length - 2) }),
    fc.record({ kind: fc.constant("repeat" as const), index }),
    fc.record({ kind: fc.constant("swap" as const), index: fc.nat(lines.length - 2) }),
  );
  fc.assert(
    fc.property(mutation, (change) => {
      const changed = [...lines];
      const line = lines[change.index] ?? "";
      if (change.kind === "remove") changed.splice(change.index, 1);
      else if (change.kind === "repeat") changed.splice(change.index, 0, line);
      else if (change.kind === "swap") changed.splice(change.index, 2, lines[change.index + 1] ?? "", line);
      else {
        const at = change.at % line.length;
        const text = change.kind === "edit" ? change.text : "";
        changed[change.index] = line.slice(0, at) + text + line.slice(at + 1);
      }
      fc.pre(changed.join("\n") !== lines.join("\n"));
      const verdict = verifyLines(changed, [signer.vkey]);
      expect(verdict.verdict).toBe("broken");
      expect(Math.abs(verdict.seq - change.index - 1)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

test("a chain that was built anew with another key is noticed", async () => {
  const other = await loadAuditSigner({ pem: newPem(), dataDir: "" });
  expect(verifyLines(buildLines(3, other), [signer.vkey])).toMatchObject({ verdict: "broken", seq: 1 });
});

test("a public key that does not match its id is refused", () => {
  const [name, , encoded] = signer.vkey.split("+");
  expect(() => verifyLines([], [`${name}+00000000+${encoded}`])).toThrow("Not an Ed25519 key");
});
