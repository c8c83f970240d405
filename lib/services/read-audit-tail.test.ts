import { expect, test } from "vitest";
import type { AuditTrail } from "./ports.ts";
import { readAuditTail } from "./read-audit-tail.ts";

function aTrail(length: number) {
  const lines = Array.from({ length }, (_, index) => ({ seq: index + 1, line: `{"seq":${index + 1}}` }));
  const readLines: AuditTrail["readLines"] = async ({ afterSeq, limit }) =>
    lines.filter(({ seq }) => seq > afterSeq).slice(0, limit);
  return { audit: { readLines } };
}

test.each([0, 1, 2, 3, 8, 100, 1023])("the end of a trail of %d lines is found, newest first", async (length) => {
  const tail = await readAuditTail(aTrail(length), { beforeSeq: null, limit: 2 });

  expect(tail.map(({ seq }) => seq)).toEqual([length, length - 1].filter((seq) => seq > 0));
});

test("an earlier page ends just before the one after it", async () => {
  const tail = await readAuditTail(aTrail(10), { beforeSeq: 4, limit: 5 });

  expect(tail.map(({ seq }) => seq)).toEqual([3, 2, 1]);
});
