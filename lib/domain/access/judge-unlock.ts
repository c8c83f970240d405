import { formatDuration } from "#lib/domain/duration.ts";
import { describeOperation } from "#lib/domain/operation.ts";
import { namesTicket } from "./ticket.ts";
import { minAgeOf, type UnlockRules } from "./unlock-rules.ts";

export const RULES = ["ticket", "minimum_age", "cool_down", "rate", "approval", "break_glass"] as const;
export type RuleName = (typeof RULES)[number];

/** What one rule says of one unlock. */
export type Finding = {
  readonly rule: RuleName;
  readonly verdict:
    | "met"
    | "refused"
    /** What it takes to tell is not known, which is not held against the unlock. */
    | "unknown"
    /** A second person can let it pass. */
    | "needs_approval"
    /** Break-glass goes past it. */
    | "skipped";
  readonly text: string;
  /** When time alone would let it pass; null where it would not. */
  readonly passesAtMs: number | null;
};

/** All that decides whether an unlock may be done. */
export type UnlockQuestion = {
  readonly rules: UnlockRules;
  /** Null while nobody has written one: what it must name is then told, and not held against it. */
  readonly reason: string | null;
  readonly operation: string | null;
  readonly ageMs: number | null;
  /** When the state beside the lock was last written, as the newest listing had it. */
  readonly stateWrittenAtMs: number | null;
  /** AWS's time, which dates locks and states. */
  readonly awsNowMs: number;
  /** When this person's unlocks had their intents, oldest first, as far back as any rate counts. */
  readonly intentsAtMs: readonly number[];
  /** Our time, which dates intents. */
  readonly nowMs: number;
  /** Nobody signs in here, so there is no second person to ask. */
  readonly isAlone: boolean;
  readonly isBreakGlass: boolean;
};

/** What every rule that applies says, in the order of RULES. Without a policy there is none. */
export function judgeUnlock(question: UnlockQuestion): readonly Finding[] {
  return [
    ...judgeTicket(question),
    ...judgeAge(question),
    ...judgeCoolDown(question),
    ...judgeRates(question),
    ...judgeApproval(question),
    ...judgeBreakGlass(question),
  ];
}

export type Conclusion =
  | { readonly verdict: "allowed" }
  | { readonly verdict: "refused"; readonly message: string }
  | { readonly verdict: "needs_approval"; readonly because: string };

/** What follows from all of them: one refusal refuses, also beside what a second person could let pass. */
export function concludeFrom(findings: readonly Finding[]): Conclusion {
  const textsOf = (verdict: Finding["verdict"]) =>
    findings.filter((finding) => finding.verdict === verdict).map(({ text }) => text);
  const refused = textsOf("refused");
  if (refused.length > 0) return { verdict: "refused", message: refused.join(" ") };
  const waiting = textsOf("needs_approval");
  return waiting.length > 0 ? { verdict: "needs_approval", because: waiting.join(" ") } : { verdict: "allowed" };
}

function judgeTicket({ rules, reason }: UnlockQuestion): readonly Finding[] {
  return rules.tickets.map((forms) => {
    const text = `The reason must name a ticket of the form ${forms.join(" or ")}.`;
    const isMet = reason === null || forms.some((form) => namesTicket(reason, form));
    return { rule: "ticket", verdict: isMet ? "met" : "refused", text, passesAtMs: null };
  });
}

function judgeAge({ rules, operation, ageMs, awsNowMs }: UnlockQuestion): readonly Finding[] {
  const { ageClass, phrase } = describeOperation(operation);
  const minAgeMs = minAgeOf(rules, ageClass);
  if (minAgeMs === 0) return [];
  const rule = `The lock of ${phrase} must be ${formatDuration(minAgeMs)} old`;
  if (ageMs === null)
    return [{ rule: "minimum_age", verdict: "refused", text: `${rule}, and its age is not known.`, passesAtMs: null }];
  if (ageMs >= minAgeMs)
    return [{ rule: "minimum_age", verdict: "met", text: `${rule}, and it is.`, passesAtMs: null }];
  const passesAtMs = awsNowMs + minAgeMs - ageMs;
  const text = `${rule}, and it is ${formatDuration(ageMs)}: from ${formatInstant(passesAtMs)} on.`;
  return [{ rule: "minimum_age", verdict: "refused", text, passesAtMs }];
}

function judgeCoolDown({ rules, stateWrittenAtMs, awsNowMs, isBreakGlass }: UnlockQuestion): readonly Finding[] {
  if (rules.coolDownMs === 0) return [];
  const rule = `Nothing is unlocked within ${formatDuration(rules.coolDownMs)} of a write of its state`;
  const found = (verdict: Finding["verdict"], text: string, passesAtMs: number | null = null) => [
    { rule: "cool_down" as const, verdict, text: `${rule}; ${text}`, passesAtMs },
  ];
  if (stateWrittenAtMs === null) return found("unknown", "when it was last written is not known.");
  const passesAtMs = stateWrittenAtMs + rules.coolDownMs;
  if (awsNowMs >= passesAtMs) return found("met", `it was written at ${formatInstant(stateWrittenAtMs)}.`);
  const text = `it was written at ${formatInstant(stateWrittenAtMs)}: from ${formatInstant(passesAtMs)} on.`;
  return found(isBreakGlass ? "skipped" : "refused", text, passesAtMs);
}

function judgeRates(question: UnlockQuestion): readonly Finding[] {
  return question.rules.rates.map((rate) => {
    const { intentsAtMs, nowMs, isAlone, isBreakGlass } = question;
    const within = intentsAtMs.filter((atMs) => atMs > nowMs - rate.perMs);
    const many = `${rate.unlocks} ${rate.unlocks === 1 ? "unlock" : "unlocks"} within ${formatDuration(rate.perMs)}`;
    if (within.length < rate.unlocks) {
      const text = `One person may do ${many} alone, and there were ${within.length}.`;
      return { rule: "rate", verdict: "met", text, passesAtMs: null };
    }
    const passesAtMs = (within[within.length - rate.unlocks] ?? nowMs) + rate.perMs;
    const after = isAlone ? "" : "a second person must approve the next, or it waits: ";
    const text = `One person may do ${many} alone, and there were ${within.length}: ${after}from ${formatInstant(passesAtMs)} on.`;
    const verdict = isBreakGlass ? "skipped" : isAlone ? "refused" : "needs_approval";
    return { rule: "rate", verdict, text, passesAtMs };
  });
}

function judgeApproval({ rules, isAlone, isBreakGlass }: UnlockQuestion): readonly Finding[] {
  if (!rules.isApprovalRequired) return [];
  const text = `A second person must approve it${isAlone ? ", and here nobody else can sign in" : ""}.`;
  const verdict = isBreakGlass ? "skipped" : isAlone ? "refused" : "needs_approval";
  return [{ rule: "approval", verdict, text, passesAtMs: null }];
}

function judgeBreakGlass({ rules, isBreakGlass }: UnlockQuestion): readonly Finding[] {
  if (!isBreakGlass) return [];
  const found = (verdict: Finding["verdict"], text: string) => [
    { rule: "break_glass" as const, verdict, text, passesAtMs: null },
  ];
  if (!rules.hasPolicy) return found("refused", "There is no glass to break: no policy applies to this lock.");
  return rules.isBreakGlassAllowed
    ? found("met", "The policy allows to break the glass.")
    : found("refused", "The policy does not allow to break the glass.");
}

/** To the second and in UTC, since it stays on the record. */
function formatInstant(timeMs: number): string {
  return `${new Date(Math.ceil(timeMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
