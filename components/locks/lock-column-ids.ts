export const LOCK_COLUMN_IDS = [
  "status",
  "path",
  "holder",
  "operation",
  "age",
  "evidence",
  "account",
  "halves",
] as const;
export type LockColumnId = (typeof LOCK_COLUMN_IDS)[number];

export const LOCK_COLUMN_LABELS: Readonly<Record<LockColumnId, string>> = {
  status: "Status",
  path: "State path",
  holder: "Holder",
  operation: "Operation",
  age: "Age",
  evidence: "Evidence",
  account: "Account",
  halves: "Halves",
};
