import { expect, test } from "vitest";
import { parseAuditQuery } from "./audit-query.ts";

function parse(query: string) {
  return parseAuditQuery(new URLSearchParams(query));
}

test("without parameters the whole trail is meant, in the format that verifies", () => {
  expect(parse("format=&after=")).toEqual({ format: "jsonl", afterSeq: 0, filter: {} });
});

test("every filter is read, and times are ISO 8601", () => {
  const query = "format=csv&after=7&actor=riley&account=a&statePath=p&outcome=changed&action=unlock.outcome&unlockId=u";

  expect(parse(`${query}&from=2026-11-23&to=2026-11-24T05:30:00%2B05:30`)).toEqual({
    format: "csv",
    afterSeq: 7,
    filter: {
      actor: "riley",
      account: "a",
      statePath: "p",
      outcome: "changed",
      action: "unlock.outcome",
      unlockId: "u",
      fromMs: Date.UTC(2026, 10, 23),
      toMs: Date.UTC(2026, 10, 24),
    },
  });
});

test.each([
  "format=xml",
  "after=-1",
  "after=x",
  "after=1e300",
  "from=yesterday",
  "to=2026-02-30",
  "acount=payments-prod",
])("%s is refused, naming the parameter", (query) => {
  expect(() => parse(query)).toThrow(query.split("=")[0]);
});
