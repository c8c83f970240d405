import { expect, test } from "vitest";
import { RESTORE_OUTCOMES, type Restore, type RestoreOutcome } from "#lib/domain/restore.ts";
import { answerRestore } from "./restore-answer.ts";

const STATUS: Readonly<Record<RestoreOutcome, number>> = {
  restored: 200,
  partial: 200,
  unknown: 202,
  refused: 403,
  changed: 409,
  not_executed: 503,
};

function ended(outcome: RestoreOutcome): Restore {
  const half = outcome === "partial" ? "changed" : outcome;
  return {
    id: "R1",
    unlockId: "U1",
    lockKey: "key",
    actor: { kind: "person", name: "riley", authenticatedBy: "local" },
    idempotencyKey: "never answered",
    reason: "it was the wrong lock",
    requestedAtMs: 0,
    intentAtMs: null,
    deadlineAtMs: null,
    outcome,
    outcomeAtMs: outcome === "unknown" ? null : 0,
    halves: [{ sourceId: "s", mechanism: "s3", location: "l", outcome: half, detail: "Why.", awsRequestIds: ["R-1"] }],
  };
}

test.each(RESTORE_OUTCOMES)("a restore that ended %s says so in status, record and error alike", async (outcome) => {
  const response = answerRestore(ended(outcome), "request-1");
  const body = await response.json();

  expect(response.status).toBe(STATUS[outcome]);
  expect(body).toMatchObject({
    id: "R1",
    unlockId: "U1",
    outcome,
    halves: [{ mechanism: "s3", awsRequestIds: ["R-1"] }],
  });
  expect(JSON.stringify(body)).not.toContain("never answered");
  if (response.status < 300) expect(body.error).toBeUndefined();
  else
    expect(body.error).toMatchObject({
      code: outcome,
      message: expect.stringContaining("Why."),
      requestId: "request-1",
    });
});
