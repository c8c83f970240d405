import type { JournalEntry, Service } from "./journal.ts";

export type FaultMatch = {
  service?: Service;
  operation?: string | string[];
  /** Bucket or table. */
  bucket?: string;
  keyIncludes?: string;
  /** The caller's account or, for AssumeRole, the account of the role asked for. */
  accountId?: string;
  role?: string;
};

export type FaultEffect =
  /** Answers an error without acting. */
  | { kind: "status"; status: number; code: string; message?: string }
  | { kind: "delay"; ms: number }
  /** Never answers, until the sandbox closes. */
  | { kind: "hang" }
  /** Closes the socket with nothing done. */
  | { kind: "drop-before" }
  /** Acts, then closes the socket without an answer. */
  | { kind: "drop-after" }
  /** Acts, then sends the body slowly. */
  | { kind: "drip"; bytesPerSecond: number }
  /** A captive portal: does not act, and answers 200 with HTML. */
  | { kind: "answer-200" };

export type Fault = { id?: string; match: FaultMatch; effect: FaultEffect; times?: number };

export type Faults = ReturnType<typeof createFaults>;

/** Keeps the faults to inject; the first one added that matches a request is the one that acts. */
export function createFaults() {
  const faults = new Map<string, { fault: Fault; left: number }>();
  let count = 0;
  return {
    add(fault: Fault): string {
      count += 1;
      const id = fault.id ?? `fault-${count}`;
      faults.set(id, { fault, left: fault.times ?? Infinity });
      return id;
    },
    remove: (id: string): void => void faults.delete(id),
    clear: (): void => faults.clear(),
    list: (): Fault[] => [...faults.entries()].map(([id, { fault }]) => ({ ...fault, id })),
    /** Gives the effect for a request, and counts it against the fault's `times`. */
    take(entry: JournalEntry): FaultEffect | null {
      for (const [id, held] of faults) {
        if (!matches(held.fault.match, entry)) continue;
        held.left -= 1;
        if (held.left <= 0) faults.delete(id);
        return held.fault.effect;
      }
      return null;
    },
  };
}

function matches(match: FaultMatch, entry: JournalEntry): boolean {
  const operations = typeof match.operation === "string" ? [match.operation] : match.operation;
  const target = entry.operation === "AssumeRole" ? (entry.key ?? "") : "";
  return (
    (match.service === undefined || match.service === entry.service) &&
    (operations === undefined || operations.includes(entry.operation)) &&
    (match.bucket === undefined || match.bucket === entry.bucket) &&
    (match.keyIncludes === undefined || (entry.key?.includes(match.keyIncludes) ?? false)) &&
    (match.accountId === undefined ||
      match.accountId === entry.accountId ||
      target.startsWith(`arn:aws:iam::${match.accountId}:`)) &&
    (match.role === undefined || match.role === entry.principal?.role || target.endsWith(`:role/${match.role}`))
  );
}
