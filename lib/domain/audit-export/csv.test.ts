import fc from "fast-check";
import { expect, test } from "vitest";
import { HOSTILE_FIELDS } from "#lib/domain/testing/hostile-fields.ts";
import { parseAuditEvent } from "./audit-event.ts";
import { CSV_COLUMNS, formatCsvHeader, formatCsvRow } from "./csv.ts";
import { aLine, foreignLine, hostileLine, unlockDetails } from "./testing/audit-lines.ts";
import { isFormula, readCsv } from "./testing/readers.ts";

test("the header names the columns, and every row has as many cells", () => {
  const [header, row, ...more] = readCsv(formatCsvHeader() + formatCsvRow(parseAuditEvent(aLine())));

  expect(header).toEqual(CSV_COLUMNS);
  expect(row).toEqual([
    "7",
    "2026-11-23T03:40:00.000Z",
    "unlock.outcome",
    "riley",
    "payments-prod",
    "111122223333",
    "acme-tfstate/network/terraform.tfstate",
    "3fd7bf29-1faf-4c6a-a0a2-1d8a6d0fd6a6",
    "sam@runner-7",
    "OperationTypeApply",
    "the runner died, see the incident",
    "released",
    "01UNLOCK",
    "01REQUEST",
    "dynamodb=released; s3=released",
    "DDBREQ1 DDBREQ2 S3REQ",
    "ab".repeat(32),
  ]);
  expect(more).toEqual([]);
});

test("hostile text changes neither rows nor columns, and no cell begins a formula", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(hostileLine, foreignLine), { maxLength: 4 }), (lines) => {
      const text = formatCsvHeader() + lines.map((line) => formatCsvRow(parseAuditEvent(line))).join("");
      const rows = readCsv(text);
      expect(rows).toHaveLength(lines.length + 1);
      for (const row of rows) {
        expect(row).toHaveLength(CSV_COLUMNS.length);
        expect(row.filter(isFormula)).toEqual([]);
      }
    }),
    { numRuns: 2000 },
  );
});

test("no cell begins a formula where the file is read with another separator and without minding quotes", () => {
  fc.assert(
    fc.property(hostileLine, (line) => {
      const pieces = formatCsvRow(parseAuditEvent(line)).split(/[,;|\t]/);
      expect(pieces.filter(isFormula)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test("a file has no character that hides, reorders or ends lines, except its own line ends", () => {
  fc.assert(
    fc.property(hostileLine, (line) => {
      const row = formatCsvRow(parseAuditEvent(line));
      expect(row.slice(0, -2)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}]/u);
      expect(row.endsWith("\r\n")).toBe(true);
    }),
  );
});

test.each(HOSTILE_FIELDS.map(({ name, value }) => [name, value] as const))(
  "the corpus in a CSV: %s",
  (_name, value) => {
    const details = unlockDetails({ who: value, reason: value, statePath: value });
    const [row] = readCsv(formatCsvRow(parseAuditEvent(aLine({ details }))));

    expect(row).toHaveLength(CSV_COLUMNS.length);
    expect(row?.filter(isFormula)).toEqual([]);
  },
);

test.each([
  ["=1+1", "'=1+1"],
  [" +1", "' +1"],
  ['"=1+1', `'"'=1+1`],
  ["＝1+1", "'＝1+1"],
  ["\t=1", "'\\u0009'=1"],
  ['a","=1+1', `a","'=1+1`],
  ["a;-1", "a;'-1"],
  ["sam@host", "sam@host"],
  ["a=b, c-d", "a=b, c-d"],
  ["line\r\nend", "line\\u000d\\u000aend"],
  ["admin\u202etsoh", "admin\\u202etsoh"],
  ["a\u2028b", "a\\u2028b"],
  ["\ud800", "\\ud800"],
])("%j stands in a cell as %j", (text, shown) => {
  const [row] = readCsv(formatCsvRow(parseAuditEvent(aLine({ details: { reason: text } }))));

  expect(row?.[CSV_COLUMNS.indexOf("reason")]).toBe(shown);
});

test("a cell is never longer than a spreadsheet's, so that nothing flows over into a cell of its own", () => {
  const details = { reason: `${'"='.repeat(40_000)}`, who: "\u0000".repeat(60_000) };
  const [row] = readCsv(formatCsvRow(parseAuditEvent(aLine({ details }))));

  expect(Math.max(...(row ?? []).map((cell) => cell.length))).toBeLessThanOrEqual(32_767);
  expect(row?.[CSV_COLUMNS.indexOf("who")]).toMatch(/…$/);
});
