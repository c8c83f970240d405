import { formatHolderKind } from "#lib/domain/holder.ts";
import type { Attention, HolderKind, Lock, LockStatus } from "#lib/domain/lock.ts";

export type Tone = "broken" | "look" | "waiting" | "plain";

export type StatusWord = { readonly word: string; readonly tone: Tone; readonly meaning: string };

/** The status as a row says it: one word, its tone, and the sentence behind it. */
export function describeStatus(lock: { readonly status: LockStatus; readonly attention: Attention }): StatusWord {
  switch (lock.status) {
    case "half":
      return { word: "Half left", tone: "broken", meaning: "Only one half of the lock is left." };
    case "split":
      return { word: "Split", tone: "broken", meaning: "Its two halves carry different lock IDs." };
    case "unreadable":
      return { word: "Unreadable", tone: "broken", meaning: "It is there, but its text may not be read." };
    case "malformed":
      return { word: "Malformed", tone: "broken", meaning: "Its text is not what Terraform writes." };
    case "contended":
      return { word: "Waiting run", tone: "waiting", meaning: "Seen once with another ID: likely a run that waits." };
    case "held":
      if (lock.attention === "stale") return { word: "Stale", tone: "look", meaning: "Probably left behind." };
      if (lock.attention === "broken") return { word: "Broken", tone: "broken", meaning: "It needs a person." };
      return { word: "Held", tone: "plain", meaning: "A run holds it." };
  }
}

export type HolderMark = "person" | "runner" | "host" | "unknown";

/** Which of the three kinds of holder a guess stands for. */
export function markHolder(kind: HolderKind): HolderMark {
  switch (kind) {
    case "laptop":
      return "person";
    case "github-actions":
    case "gitlab-runner":
    case "atlantis":
    case "ci-runner":
      return "runner";
    case "ec2":
    case "ecs":
    case "kubernetes":
      return "host";
    case "unknown":
      return "unknown";
  }
}

/** The kind of a holder, and that it is a guess. */
export function describeHolderGuess(kind: HolderKind): string {
  return kind === "unknown" ? "kind of host unknown" : `${formatHolderKind(kind)}, by its name`;
}

/** The key as a row shows it: without the workspace prefix when a chip says the workspace. */
export function shortenStateKey(lock: Pick<Lock, "stateKey" | "workspace">): string {
  const prefix = lock.workspace === null ? null : `env:/${lock.workspace}/`;
  return prefix !== null && lock.stateKey.startsWith(prefix) && lock.stateKey.length > prefix.length
    ? lock.stateKey.slice(prefix.length)
    : lock.stateKey;
}

/** What its age counts from, in words. */
export function describeAge(lock: Pick<Lock, "ageFrom" | "hasClockSkew">): string {
  const from = {
    acquired: "since S3 stored the lock",
    created: "since the run says it first tried to lock",
    first_seen: "at least: since we first saw it",
  }[lock.ageFrom];
  return lock.hasClockSkew ? `${from}; the clocks disagree` : from;
}

export const STATUS_LABELS: Readonly<Record<LockStatus, string>> = {
  held: "Held",
  half: "Half left",
  split: "Split",
  contended: "Waiting run",
  unreadable: "Unreadable",
  malformed: "Malformed",
};
