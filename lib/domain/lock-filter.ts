import { ATTENTIONS, type Attention, LOCK_STATUSES, type Lock, type LockStatus } from "./lock.ts";

/** Any of these values, as a list or with commas. */
export type Choice = string | readonly string[];

/** Empty and missing values filter nothing. */
export type LockFilter = {
  readonly account?: Choice | undefined;
  readonly bucket?: Choice | undefined;
  readonly status?: Choice | undefined;
  readonly attention?: Choice | undefined;
  /** The raw value or the label. */
  readonly operation?: string | undefined;
  readonly who?: string | undefined;
  /** Part of the state path, the holder, the lock ID or the account. */
  readonly q?: string | undefined;
  readonly minAgeMs?: number | undefined;
};

/** What of a lock a filter looks at: rows of the list have it too. */
type Filterable = Pick<
  Lock,
  | "account"
  | "bucket"
  | "status"
  | "attention"
  | "operation"
  | "operationLabel"
  | "who"
  | "statePath"
  | "lockId"
  | "ageMs"
>;

/** Keeps the order. Letters are compared without regard to case, and nothing in a filter is a pattern. */
export function filterLocks<L extends Filterable>(locks: readonly L[], filter: LockFilter): readonly L[] {
  const isAccount = matchAny(filter.account);
  const isBucket = matchAny(filter.bucket);
  const isStatus = matchAny(filter.status);
  const isAttention = matchAny(filter.attention);
  const isOperation = matchAny(toList(filter.operation));
  const isWho = matchPart(filter.who);
  const isFound = matchSearch(filter.q);
  const minAgeMs = filter.minAgeMs ?? 0;
  return locks.filter(
    (lock) =>
      isAccount(lock.account) &&
      isBucket(lock.bucket) &&
      isStatus(lock.status) &&
      isAttention(lock.attention) &&
      isOperation(lock.operation, lock.operationLabel) &&
      isWho(lock.who) &&
      isFound(lock) &&
      (minAgeMs <= 0 || (lock.ageMs ?? 0) >= minAgeMs),
  );
}

type Match = (...values: readonly (string | null)[]) => boolean;

function matchAny(wanted: Choice = ""): Match {
  const choices = typeof wanted === "string" ? wanted.split(",") : wanted;
  const values = new Set(choices.map(fold).filter(Boolean));
  return values.size === 0 ? () => true : (...texts) => texts.some((text) => text !== null && values.has(fold(text)));
}

/** An operation may have a comma in it, so it is one value. */
function toList(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

function matchPart(wanted: string | undefined): Match {
  const part = fold(wanted ?? "");
  return part === "" ? () => true : (...texts) => texts.some((text) => text !== null && fold(text).includes(part));
}

/** Between the texts of a haystack, so that nothing is found across two of them. */
const SEPARATOR = "\u0000";
/** Folding is most of a search, and a lock is searched at every key that is pressed. */
const haystacks = new WeakMap<Filterable, string>();

function matchSearch(wanted: string | undefined): (lock: Filterable) => boolean {
  const part = fold(wanted ?? "");
  if (part === "") return () => true;
  if (part.includes(SEPARATOR)) return (lock) => listSearched(lock).some((text) => text.includes(part));
  return (lock) => readHaystack(lock).includes(part);
}

function readHaystack(lock: Filterable): string {
  const known = haystacks.get(lock);
  if (known !== undefined) return known;
  const haystack = listSearched(lock).join(SEPARATOR);
  haystacks.set(lock, haystack);
  return haystack;
}

function listSearched({ statePath, who, lockId, account }: Filterable): readonly string[] {
  return [statePath, who ?? "", lockId ?? "", account].map(fold);
}

function fold(text: string): string {
  return text.trim().normalize("NFC").toLowerCase();
}

export const AGE_BANDS = ["under_15m", "15m_to_1h", "1h_to_8h", "8h_to_1d", "over_1d"] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

export type LockCounts = {
  readonly total: number;
  readonly byAttention: Readonly<Record<Attention, number>>;
  readonly byStatus: Readonly<Record<LockStatus, number>>;
  /** In order of the account's name. */
  readonly byAccount: readonly { readonly account: string; readonly count: number }[];
  readonly byAge: Readonly<Record<AgeBand, number>>;
};

export function countLocks(locks: readonly Countable[]): LockCounts {
  const accounts = new Map<string, number>();
  const byAttention = fromKeys(ATTENTIONS, () => 0);
  const byStatus = fromKeys(LOCK_STATUSES, () => 0);
  const byAge = fromKeys(AGE_BANDS, () => 0);
  for (const { account, attention, status, ageMs } of locks) {
    accounts.set(account, (accounts.get(account) ?? 0) + 1);
    byAttention[attention] += 1;
    byStatus[status] += 1;
    byAge[bandOf(ageMs ?? 0)] += 1;
  }
  return {
    total: locks.length,
    byAttention,
    byStatus,
    byAccount: [...accounts]
      .map(([account, count]) => ({ account, count }))
      .sort((a, b) => (a.account < b.account ? -1 : 1)),
    byAge,
  };
}

type Countable = Pick<Lock, "account" | "attention" | "status" | "ageMs">;

/** `Object.fromEntries` forgets which keys it was given; here each of them is present. */
function fromKeys<K extends string, V>(keys: readonly K[], pick: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, pick(key)])) as Record<K, V>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function bandOf(ageMs: number): AgeBand {
  if (ageMs < 15 * MINUTE_MS) return "under_15m";
  if (ageMs < HOUR_MS) return "15m_to_1h";
  if (ageMs < 8 * HOUR_MS) return "1h_to_8h";
  return ageMs < 24 * HOUR_MS ? "8h_to_1d" : "over_1d";
}
