import type { Unlock, UnlockOutcome } from "#lib/domain/unlock.ts";
import { toApprovalView } from "#lib/services/approvals/approval-views.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { WaitingUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { toUnlockView } from "#lib/services/unlocks/list-unlocks.ts";

type Failure = { readonly code: string; readonly message: string; readonly hint: string };

const STATUS_OF: Readonly<Record<UnlockOutcome, number>> = {
  released: 200,
  partial: 200,
  gone_unattributed: 200,
  unknown: 202,
  refused: 403,
  changed: 409,
  already_gone: 410,
  not_executed: 503,
};

/** The answer to an unlock: its record, and for what was not released also an error, so that every failure reads alike. */
export function answerUnlock(unlock: Unlock, requestId: string): Response {
  const failure = describeFailure(unlock);
  const view = toUnlockView(unlock);
  const body = failure === null ? view : { ...view, error: { ...failure, requestId } };
  return Response.json(body, { status: STATUS_OF[unlock.outcome] });
}

/** The answer while a second person must approve: nothing was done, and the same request again asks how it stands. */
export function answerWaiting(ctx: Context, { approval }: WaitingUnlock): Response {
  const view = { id: approval.id, outcome: "waiting", approval: toApprovalView(ctx, approval) };
  return Response.json(view, { status: 202 });
}

function describeFailure(unlock: Unlock): Failure | null {
  const detail = unlock.halves.find((half) => half.outcome === unlock.outcome)?.detail ?? "";
  switch (unlock.outcome) {
    case "released":
    case "partial":
    case "gone_unattributed":
    case "unknown":
      return null;
    case "changed":
      return {
        code: "changed",
        message: "The lock changed. Nothing was deleted.",
        hint: "Look at who holds it now before anything else.",
      };
    case "already_gone":
      return {
        code: "already_gone",
        message: "The lock was already gone. Nothing was deleted.",
        hint: "Run Terraform again: the state is free.",
      };
    case "refused":
      return {
        code: "refused",
        message: `The unlock was refused. ${detail}`,
        hint: "Nothing was deleted. Correct what the message names and try again.",
      };
    case "not_executed":
      return { code: "not_executed", message: `Nothing was deleted. ${detail}`, hint: "Try again when AWS answers." };
  }
}
