import { expect, test } from "vitest";
import { parseAuditQuery } from "#lib/server/audit-query.ts";
import { formatExportPath, listBadTimes, loadAuditParams, toAuditFilter } from "./audit-params.ts";

const EVERYTHING = {
  statePath: "a&b=ü/terraform.tfstate",
  actor: "riley",
  account: "payments, prod",
  action: "unlock.outcome",
  outcome: "released",
  unlockId: "01UNLOCK",
  from: "2026-11-23T03:40:00Z",
  to: "2026-11-24",
};

test("the export of what is on the page asks the API for the very filter of the page", () => {
  const filter = toAuditFilter(loadAuditParams(EVERYTHING));
  const path = formatExportPath("csv", filter);

  expect(parseAuditQuery(new URLSearchParams(path.split("?")[1]))).toEqual({ format: "csv", afterSeq: 0, filter });
});

test("without a filter every event is meant", () => {
  expect(Object.values(toAuditFilter(loadAuditParams({}))).every((value) => value === undefined)).toBe(true);
  expect(formatExportPath("cef", {})).toBe("/api/v1/audit?format=cef");
});

test("a part of ours is found by the name that the list shows", () => {
  expect(toAuditFilter(loadAuditParams({ actor: "system:reconciler" })).actor).toBe("reconciler");
});

test.each(["yesterday", "2026-11-23T03:40", "2026-13-40", "1"])(
  "%s is no time: it filters nothing, and that is told",
  (from) => {
    const params = loadAuditParams({ from });

    expect(toAuditFilter(params).fromMs).toBeUndefined();
    expect(listBadTimes(params)).toEqual(["from"]);
  },
);
