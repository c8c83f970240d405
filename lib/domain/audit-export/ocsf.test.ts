import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAuditEvent } from "./audit-event.ts";
import { formatOcsfLine } from "./ocsf.ts";
import { ACTIONS, aHalf, aLine, foreignLine, hostileLine, OUTCOMES, unlockDetails } from "./testing/audit-lines.ts";
import { checkApiActivity } from "./testing/ocsf-check.ts";

function format(line: { seq: number; line: string }): string {
  return formatOcsfLine(parseAuditEvent(line));
}

test.each(ACTIONS.flatMap((action) => OUTCOMES.map((outcome) => [action, outcome] as const)))(
  "%s that ended %s has every attribute that API Activity requires",
  (action, outcome) => {
    const line = aLine({ action, details: unlockDetails({ outcome }) });

    expect(checkApiActivity(JSON.parse(format(line)))).toEqual([]);
  },
);

test("events of actions that touch no lock have them too", () => {
  for (const action of ACTIONS) {
    const line = aLine({
      action,
      requestId: null,
      unlockId: null,
      details: {},
      actor: { kind: "system", name: "auditor" },
    });
    expect(checkApiActivity(JSON.parse(format(line)))).toEqual([]);
  }
});

test("the check of the attributes notices what is missing or out of range", () => {
  const event = JSON.parse(format(aLine()));

  expect(checkApiActivity({ ...event, src_endpoint: undefined })).toEqual(["src_endpoint is required"]);
  expect(checkApiActivity({ ...event, status_id: 7 })).toEqual(["status_id is 7"]);
  expect(checkApiActivity({ ...event, type_uid: 600301 })).toEqual(["type_uid is 600301"]);
  expect(checkApiActivity({ ...event, lock: "x" })).toEqual(["lock is no attribute of the class"]);
  expect(checkApiActivity({ ...event, cloud: undefined })).toEqual(["cloud is required by the profile"]);
});

test("an unlock is a delete of the state's lock and of its halves, by a user, in an AWS account", () => {
  expect(JSON.parse(format(aLine()))).toMatchObject({
    class_uid: 6003,
    category_uid: 6,
    activity_id: 4,
    type_uid: 600304,
    time: Date.UTC(2026, 10, 23, 3, 40),
    severity_id: 2,
    status_id: 1,
    status: "Success",
    status_code: "released",
    message: "Force-unlock ended: acme-tfstate/network/terraform.tfstate (released)",
    metadata: { version: "1.3.0", uid: "ab".repeat(32), sequence: 7, correlation_uid: "01UNLOCK", profiles: ["cloud"] },
    actor: { user: { name: "riley", type_id: 1 } },
    api: { operation: "unlock.outcome", service: { name: "Lockkeeper" }, request: { uid: "01REQUEST" } },
    cloud: { provider: "AWS", account: { uid: "111122223333", name: "payments-prod", type_id: 10 } },
    resources: [
      { uid: "acme-tfstate/network/terraform.tfstate", type: "Terraform state lock" },
      { uid: "acme-tfstate/network/terraform.tfstate", type: "AWS::DynamoDB::Item" },
      { uid: "network/terraform.tfstate.tflock", type: "AWS::S3::Object" },
    ],
    unmapped: { hash: "ab".repeat(32), details: { reason: "the runner died, see the incident" } },
  });
});

test.each([
  ["unlock.outcome", "released", 4, 1],
  ["unlock.outcome", "partial", 4, 99],
  ["unlock.outcome", "changed", 4, 2],
  ["unlock.refused", "refused", 4, 2],
  ["unlock.refused", "already_gone", 4, 99],
  ["unlock.intent", "unknown", 4, 99],
  ["unlock.unknown", "unknown", 4, 0],
  ["unlock.settled", "gone_unattributed", 4, 99],
  ["restore.outcome", "restored", 1, 1],
  ["audit.exported", "", 2, 1],
  ["audit.key_rotated", "", 3, 1],
  ["config.changed", "", 3, 1],
  ["sign_in.failed", "", 99, 2],
  ["approval.granted", "", 99, 0],
])("%s (%s) is activity %d with status %d", (action, outcome, activityId, statusId) => {
  const event = JSON.parse(format(aLine({ action, details: unlockDetails({ outcome }) })));

  expect([event.activity_id, event.status_id]).toEqual([activityId, statusId]);
  if (activityId === 99) expect(event.activity_name).toBe(action);
});

test("every event is one line of JSON with its attributes, whatever stands in it", () => {
  fc.assert(
    fc.property(fc.oneof(hostileLine, foreignLine), (line) => {
      const text = format(line);
      expect(text).toMatch(/^[^\n]*\n$/);
      expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      // Readers that are stricter than ours refuse half a character even as an escape.
      const strings: string[] = [];
      JSON.parse(text, (name, value) => strings.push(name, ...(typeof value === "string" ? [value] : [])) && value);
      expect(strings.filter((string) => !string.isWellFormed())).toEqual([]);
      expect(checkApiActivity(JSON.parse(text))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test("text comes back as it was, except for half a character, which shows as its escape", () => {
  const text = 'nul\u0000 line\u2028 bidi\u202e quote"\\ \u{10000} \ud800';
  const event = JSON.parse(format(aLine({ details: unlockDetails({ reason: text }) })));

  expect(event.unmapped.details.reason).toBe(`${text.slice(0, -1)}\\ud800`);
});

test("raw lock text and what a lock would be made of again stay out", () => {
  const details = unlockDetails({ halves: [aHalf({ recreate: { item: "secret" } })], rawLock: "secret" });
  const text = format(aLine({ details }));

  expect(text).not.toMatch(/secret|eyJJRCI6InNlY3JldCJ9|rawBase64|recreate/);
});

test("details nested without end are cut off", () => {
  const nested = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const { seq, line } = aLine({ details: { nested: "HERE" } });

  expect(format({ seq, line: line.replace('"HERE"', nested) }).length).toBeLessThan(5000);
});
