import { expect, test } from "vitest";
import { parseAuditEvent } from "./audit-event.ts";
import { type AuditEventFilter, isEmptyFilter, matchesFilter } from "./audit-filter.ts";
import { aLine } from "./testing/audit-lines.ts";

const event = parseAuditEvent(aLine());
const AT = Date.UTC(2026, 10, 23, 3, 40);

test.each<[AuditEventFilter, boolean]>([
  [{}, true],
  [{ actor: "riley" }, true],
  [{ actor: "ril" }, false],
  [{ account: "payments-prod" }, true],
  [{ account: "payments" }, false],
  [{ statePath: "NETWORK/" }, true],
  [{ statePath: "%" }, false],
  [{ outcome: "released" }, true],
  [{ outcome: "unknown" }, false],
  [{ action: "unlock.outcome" }, true],
  [{ action: "unlock" }, false],
  [{ unlockId: "01UNLOCK" }, true],
  [{ fromMs: AT }, true],
  [{ fromMs: AT + 1 }, false],
  [{ toMs: AT }, false],
  [{ toMs: AT + 1 }, true],
  [{ actor: "riley", outcome: "changed" }, false],
])("%j wants the event: %s", (filter, isWanted) => {
  expect(matchesFilter(event, filter)).toBe(isWanted);
});

test("an event that does not say something is not found by it", () => {
  const foreign = parseAuditEvent({ seq: 1, line: "nonsense" });

  expect(matchesFilter(foreign, {})).toBe(true);
  for (const filter of [{ actor: "" }, { account: "" }, { fromMs: 0 }, { toMs: AT }]) {
    expect(matchesFilter(foreign, filter)).toBe(false);
  }
});

test("a filter of nothing but absent fields wants everything", () => {
  expect(isEmptyFilter({ actor: undefined })).toBe(true);
  expect(isEmptyFilter({ statePath: "" })).toBe(false);
});
