import type { UnlockOutcome } from "#lib/domain/unlock.ts";
import type { DeadUnlock } from "#lib/services/testing/crash-rounds.ts";

/** What reading alone may say of an unlock whose process died with this many of its deletes answered. */
export function expectWithoutHistory({ mechanism, deletesAnswered }: DeadUnlock): readonly UnlockOutcome[] {
  if (deletesAnswered === 0) return ["not_executed"];
  if (mechanism === "both" && deletesAnswered === 1) return ["partial"];
  return ["gone_unattributed"];
}

/** A versioned bucket's own history proves what became of an S3 half; DynamoDB keeps none. */
export function expectWithHistory(dead: DeadUnlock): readonly UnlockOutcome[] {
  const [outcome] = expectWithoutHistory(dead);
  if (outcome !== "gone_unattributed") return expectWithoutHistory(dead);
  if (dead.mechanism === "s3") return ["released"];
  return dead.mechanism === "dynamodb" ? ["gone_unattributed"] : ["released", "gone_unattributed"];
}
