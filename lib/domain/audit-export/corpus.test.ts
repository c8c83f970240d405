import { expect, test } from "vitest";
import { hostileBodies, hostileKeys } from "#lib/domain/testing/hostile-corpus.ts";
import { parseAuditEvent } from "./audit-event.ts";
import { formatCefLine } from "./cef.ts";
import { CSV_COLUMNS, formatCsvRow } from "./csv.ts";
import { formatOcsfLine } from "./ocsf.ts";
import { aHalf, aLine, unlockDetails } from "./testing/audit-lines.ts";
import { checkApiActivity } from "./testing/ocsf-check.ts";
import { isFormula, readCef, readCsv } from "./testing/readers.ts";

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

const texts = [
  ...hostileBodies.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)] as const),
  ...hostileKeys.map(({ name, key }) => [name, key] as const),
];

test.each(texts)("every format of an event full of %s is one whole record", (_name, text) => {
  const halves = [aHalf({ location: text, detail: text, awsRequestIds: [text] })];
  const details = unlockDetails({ account: text, statePath: text, lockId: text, who: text, reason: text, halves });
  const event = parseAuditEvent(aLine({ details, actor: { kind: "person", name: text, authenticatedBy: text } }));

  const [row, ...more] = readCsv(formatCsvRow(event));
  expect(more).toEqual([]);
  expect(row).toHaveLength(CSV_COLUMNS.length);
  expect(row?.filter((cell) => isFormula(cell) || HIDDEN.test(cell))).toEqual([]);

  const cef = formatCefLine(event);
  expect(HIDDEN.test(cef.slice(0, -1))).toBe(false);
  expect(readCef(cef.slice(0, -1)).extensions.get("externalId")).toBe("7");

  const ocsf = formatOcsfLine(event);
  expect(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(ocsf.slice(0, -1))).toBe(false);
  expect(checkApiActivity(JSON.parse(ocsf))).toEqual([]);
});
