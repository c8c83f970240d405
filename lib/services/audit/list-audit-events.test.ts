import { expect, test } from "vitest";
import type { AuditTrail } from "#lib/services/ports/trail.ts";
import { anAsker } from "#lib/services/testing/an-asker.ts";
import { listAuditEvents } from "./list-audit-events.ts";

function aTrail(length: number) {
  const find: AuditTrail["find"] = async ({ beforeSeq = Number.POSITIVE_INFINITY, limit }) =>
    Array.from({ length }, (_, index) => ({ seq: length - index, line: "{}" }))
      .filter(({ seq }) => seq < beforeSeq)
      .slice(0, limit);
  const unused = () => Promise.reject(new Error("only lines are looked for"));
  const audit = {
    find,
    append: unused,
    readHead: unused,
    readHashes: unused,
    verify: unused,
    verifyAfter: unused,
    isOwnNote: unused,
    readLines: unused,
    listPublicKeys: unused,
    signedBy: { keyName: "lockkeeper", keyId: "00000000" },
    signNote: () => {
      throw new Error("nothing is signed");
    },
  };
  return anAsker({ audit });
}

test("pages follow each other without a gap or a repetition, and the last one says that it is", async () => {
  const seen: number[] = [];
  let beforeSeq: number | null | undefined;
  while (beforeSeq !== null) {
    const page = await listAuditEvents(aTrail(7), { beforeSeq, limit: 3 });
    seen.push(...page.lines.map(({ seq }) => seq));
    beforeSeq = page.olderBeforeSeq;
  }

  expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test("a page that is just full has nothing after it", async () => {
  expect(await listAuditEvents(aTrail(3), { limit: 3 })).toMatchObject({ olderBeforeSeq: null });
  expect(await listAuditEvents(aTrail(0), { limit: 3 })).toEqual({ lines: [], olderBeforeSeq: null });
});
