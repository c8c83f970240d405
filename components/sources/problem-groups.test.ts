import { expect, test } from "vitest";
import type { SourceError } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { groupProblems, joinStatements } from "./problem-groups.ts";

function aSource(id: string, account: string, error: Partial<SourceError> | null): SourceView {
  return {
    id,
    account,
    accountId: "111122223333",
    kind: "s3",
    name: id,
    region: "eu-west-1",
    prefix: "",
    status: "error",
    lastScanAt: null,
    lastRefreshAt: null,
    lastAttemptAt: null,
    nextLookAt: null,
    nextLook: "sweep",
    notice: null,
    requestsPerDay: null,
    dollarsPerMonth: null,
    requestsPerDayMax: null,
    durationMs: null,
    requests: null,
    objectsSeen: null,
    locksFound: null,
    foreignSeen: null,
    error: error === null ? null : { code: "access_denied", message: "m", hint: "h", statement: null, ...error },
    running: null,
  };
}

const LIST_A = '{"Action":"s3:ListBucket","Resource":"a"}';
const LIST_B = '{"Action":"s3:ListBucket","Resource":"b"}';

test("sources of one account with the same failure are one group with one thing to paste", () => {
  const groups = groupProblems([
    aSource("x", "data", { code: "timeout" }),
    aSource("a", "pay", { statement: LIST_A }),
    aSource("b", "pay", { statement: LIST_B }),
  ]);

  expect(groups.map(({ title, sources }) => [title, sources.length])).toEqual([
    ["AWS denies access (pay)", 2],
    ["AWS did not answer in time (data)", 1],
  ]);
  expect(groups[0]?.hints).toEqual(["h"]);
  expect(JSON.parse(groups[0]?.statement ?? "")).toEqual([JSON.parse(LIST_A), JSON.parse(LIST_B)]);
});

test("the same failure in two accounts needs two changes", () => {
  expect(groupProblems([aSource("a", "pay", {}), aSource("b", "data", {})])).toHaveLength(2);
});

test("a statement is set out to be read, and never lost where it is not JSON", () => {
  expect(joinStatements([LIST_A, LIST_A])).toBe(JSON.stringify(JSON.parse(LIST_A), null, 2));
  expect(joinStatements(["not json"])).toBe("not json");
  expect(joinStatements([])).toBeNull();
});
