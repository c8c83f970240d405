import type { Restore, RestoreOutcome } from "#lib/domain/restore.ts";
import { toRestoreView } from "#lib/services/restores/restore-views.ts";

type Failure = { readonly code: string; readonly message: string; readonly hint: string };

const STATUS_OF: Readonly<Record<RestoreOutcome, number>> = {
  restored: 200,
  partial: 200,
  unknown: 202,
  refused: 403,
  changed: 409,
  not_executed: 503,
};

/** The answer to a restore: its record, and for what was not restored also an error, so that every failure reads alike. */
export function answerRestore(restore: Restore, requestId: string): Response {
  const failure = describeFailure(restore);
  const view = toRestoreView(restore);
  const body = failure === null ? view : { ...view, error: { ...failure, requestId } };
  return Response.json(body, { status: STATUS_OF[restore.outcome] });
}

function describeFailure(restore: Restore): Failure | null {
  const detail = restore.halves.find((half) => half.outcome === restore.outcome)?.detail ?? "";
  switch (restore.outcome) {
    case "restored":
    case "partial":
    case "unknown":
      return null;
    case "changed":
      return {
        code: "changed",
        message: `The lock cannot be put back. ${detail}`,
        hint: "Look at who holds it now before anything else.",
      };
    case "refused":
      return {
        code: "refused",
        message: `The restore was refused. ${detail}`,
        hint: "Correct what the message names and try again while there is time.",
      };
    case "not_executed":
      return {
        code: "not_executed",
        message: `Nothing was restored. ${detail}`,
        hint: "Try again when AWS answers, while there is time.",
      };
  }
}
