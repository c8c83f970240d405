import type { Principal } from "./identities.ts";

export type Service = "s3" | "sts" | "dynamodb";

export type JournalEntry = {
  seq: number;
  atMs: number;
  service: Service;
  accountId: string | null;
  operation: string;
  method: string;
  /** The bucket, or the table. */
  bucket: string | null;
  /** The S3 key, the LockID, or the role an AssumeRole asks for. */
  key: string | null;
  /** 0 while, or because, no answer was produced. */
  status: number;
  headers: Record<string, string>;
  principal: Principal | null;
  isWrite: boolean;
  /** The DynamoDB request JSON or the STS form. */
  body?: string;
};

export type JournalFilter = {
  service?: Service;
  operation?: string | string[];
  bucket?: string;
  key?: string;
  accountId?: string;
  role?: string;
  isWrite?: boolean;
  afterSeq?: number;
};

const READS = /^(Get|Head|List|Describe|Scan$|Query$|BatchGet|AssumeRole)/;
const ENTRIES_MAX = 200_000;

export type Journal = ReturnType<typeof createJournal>;

/** Records every request in order of arrival; the status follows when there is an answer. */
export function createJournal() {
  let entries: JournalEntry[] = [];
  let seq = 0;
  return {
    record(entry: Omit<JournalEntry, "seq" | "atMs" | "status" | "isWrite">): JournalEntry {
      seq += 1;
      const recorded = { ...entry, seq, atMs: Date.now(), status: 0, isWrite: !READS.test(entry.operation) };
      // A sandbox left running for days must not fill the memory.
      if (entries.length >= ENTRIES_MAX) entries = entries.slice(ENTRIES_MAX / 2);
      entries.push(recorded);
      return recorded;
    },
    entries(filter: JournalFilter = {}): readonly JournalEntry[] {
      return entries.filter((entry) => matchesFilter(entry, filter));
    },
    clear(): void {
      entries = [];
    },
  };
}

function matchesFilter(entry: JournalEntry, filter: JournalFilter): boolean {
  const operations = typeof filter.operation === "string" ? [filter.operation] : filter.operation;
  return (
    (filter.service === undefined || entry.service === filter.service) &&
    (operations === undefined || operations.includes(entry.operation)) &&
    (filter.bucket === undefined || entry.bucket === filter.bucket) &&
    (filter.key === undefined || entry.key === filter.key) &&
    (filter.accountId === undefined || entry.accountId === filter.accountId) &&
    (filter.role === undefined || entry.principal?.role === filter.role) &&
    (filter.isWrite === undefined || entry.isWrite === filter.isWrite) &&
    (filter.afterSeq === undefined || entry.seq > filter.afterSeq)
  );
}
