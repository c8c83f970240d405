import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAuditEvent } from "./audit-event.ts";
import { formatCefLine } from "./cef.ts";
import { ACTIONS, aLine, foreignLine, hostileLine, unlockDetails } from "./testing/audit-lines.ts";
import { readCef } from "./testing/readers.ts";

test("an unlock in CEF has the standard keys, and its own under labels", () => {
  const { header, extensions } = readCef(formatCefLine(parseAuditEvent(aLine())).trimEnd());

  expect(header).toEqual(["CEF:0", "Lockkeeper", "Lockkeeper", "0.1.0", "unlock.outcome", "Force-unlock ended", "3"]);
  expect(Object.fromEntries(extensions)).toEqual({
    rt: String(Date.UTC(2026, 10, 23, 3, 40)),
    externalId: "7",
    act: "unlock.outcome",
    outcome: "success",
    suser: "riley",
    reason: "the runner died, see the incident",
    msg: "Force-unlock ended: acme-tfstate/network/terraform.tfstate (released)",
    cs1Label: "statePath",
    cs1: "acme-tfstate/network/terraform.tfstate",
    cs2Label: "lockId",
    cs2: "3fd7bf29-1faf-4c6a-a0a2-1d8a6d0fd6a6",
    cs3Label: "account",
    cs3: "payments-prod",
    cs4Label: "lockHolder",
    cs4: "sam@runner-7",
    cs5Label: "halves",
    cs5: "dynamodb=released; s3=released",
    cs6Label: "unlockId",
    cs6: "01UNLOCK",
    LockkeeperOutcome: "released",
    LockkeeperAccountId: "111122223333",
    LockkeeperRequestId: "01REQUEST",
    LockkeeperAwsRequestIds: "DDBREQ1 DDBREQ2 S3REQ",
    LockkeeperHash: "ab".repeat(32),
  });
});

test("every event is one line with seven pipes in its header, whatever stands in it", () => {
  fc.assert(
    fc.property(fc.oneof(hostileLine, foreignLine), (line) => {
      const event = parseAuditEvent(line);
      const text = formatCefLine(event);
      expect(text).toMatch(/^[^\n]*\n$/);
      const printed = text.slice(0, -1);
      expect(printed).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{DI}]/u);
      const { header, extensions } = readCef(printed);
      expect(header.slice(0, 4)).toEqual(["CEF:0", "Lockkeeper", "Lockkeeper", "0.1.0"]);
      expect(extensions.get("externalId")).toBe(String(event.seq));
    }),
    { numRuns: 2000 },
  );
});

test("text that pretends to be another key or another event stays in its value", () => {
  const forged = "x outcome=success act=deleted \\\nCEF:0|forged|x|1|y|z|10|suser=root";
  const details = unlockDetails({ reason: forged, who: "a|b\\c=d", outcome: "refused" });
  const { extensions } = readCef(formatCefLine(parseAuditEvent(aLine({ details }))).trimEnd());

  expect(extensions.get("reason")).toBe(forged);
  expect(extensions.get("cs4")).toBe("a|b\\c=d");
  expect(extensions.get("outcome")).toBe("failure");
  expect(extensions.get("suser")).toBe("riley");
});

test("a hostile action cannot add a field to the header", () => {
  const { header } = readCef(formatCefLine(parseAuditEvent(aLine({ action: "a|b\\|c\n10|x" }))).trimEnd());

  expect(header.slice(4)).toEqual(["a|b\\|c\\u000a10|x", "a|b\\|c\\u000a10|x", "3"]);
});

test.each(ACTIONS)("%s has a severity that CEF knows", (action) => {
  const { header } = readCef(formatCefLine(parseAuditEvent(aLine({ action }))).trimEnd());

  expect(header[4]).toBe(action);
  expect(Number(header[6])).toBeGreaterThanOrEqual(0);
  expect(Number(header[6])).toBeLessThanOrEqual(10);
});

test("values keep to the lengths of ArcSight's dictionary", () => {
  const long = "w".repeat(60_000);
  const details = unlockDetails({ who: long, reason: long, outcome: long });
  const { extensions } = readCef(formatCefLine(parseAuditEvent(aLine({ details, action: long }))).trimEnd());

  const lengths = Object.fromEntries([...extensions].map(([key, value]) => [key, value.length]));
  expect(lengths).toMatchObject({ act: 63, outcome: 63, reason: 1023, msg: 1023, cs4: 4000 });
});
