import { randomUUID } from "node:crypto";

export type HalfAnswer = {
  readonly mechanism: "s3" | "dynamodb";
  readonly lockId: string | null;
  readonly location: string;
};
export type LockAnswer = {
  readonly key: string;
  readonly account: string;
  readonly statePath: string;
  readonly stateKey: string;
  readonly status: string;
  readonly lockId: string | null;
  readonly operation: string | null;
  readonly operationLabel: string;
  readonly who: string | null;
  readonly fingerprint: string;
  readonly halves: readonly HalfAnswer[];
};
export type SourceAnswer = {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly status: "ok" | "partial" | "error" | "pending";
  readonly locksFound: number;
  readonly error: unknown;
};
export type LocksAnswer = {
  readonly sources: readonly SourceAnswer[];
  readonly locks: readonly LockAnswer[];
  readonly nextCursor: string | null;
};
export type UnlockAnswer = {
  readonly id: string;
  readonly outcome: string;
  readonly halves: readonly { readonly mechanism: string; readonly outcome: string }[];
  readonly holderNow?: { readonly who: string | null; readonly lockId: string | null } | null;
};
export type UnlockRequest = { key: string; lockId: string | null; fingerprint: string; reason: string };
export type AuditEvent = { readonly action: string; readonly unlockId: string | null; readonly details: unknown };
export type Answered<T> = { readonly status: number; readonly body: T };

export type Api = ReturnType<typeof createApi>;

/** The product's HTTP API as a script would call it, with the headers that say who it is for. */
export function createApi(url: string, own: Readonly<Record<string, string>> = {}) {
  async function call<T>(path: string, init?: RequestInit): Promise<Answered<T>> {
    const headers = { ...own, ...Object.fromEntries(new Headers(init?.headers)) };
    const answer = await fetch(`${url}${path}`, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered<T>> {
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
    return call<T>(path, { ...init, body: JSON.stringify(body) });
  }

  async function locks(query = ""): Promise<readonly LockAnswer[]> {
    return (await call<LocksAnswer>(`/api/v1/locks${query}`)).body.locks;
  }

  return {
    call,
    post,
    locks,
    /** Sweeps every source, and resolves when all are done. */
    async scan(): Promise<readonly SourceAnswer[]> {
      return (await post<{ sources: SourceAnswer[] }>("/api/v1/scans", { wait: true })).body.sources;
    },
    /** The one lock whose state path ends so; anything else is an error. */
    async lockAt(stateKey: string): Promise<LockAnswer> {
      const found = (await locks()).filter((lock) => lock.statePath.endsWith(stateKey));
      const [lock] = found;
      if (lock === undefined || found.length > 1) throw new Error(`${found.length} locks at ${stateKey}`);
      return lock;
    },
    unlock(request: UnlockRequest, idempotencyKey: string = randomUUID()): Promise<Answered<UnlockAnswer>> {
      return post<UnlockAnswer>("/api/v1/unlocks", request, { "idempotency-key": idempotencyKey });
    },
    async unlocks(): Promise<readonly UnlockAnswer[]> {
      return (await call<{ unlocks: UnlockAnswer[] }>("/api/v1/unlocks")).body.unlocks;
    },
    /** Every audit event, oldest first. */
    async audit(): Promise<readonly AuditEvent[]> {
      const lines = (await (await fetch(`${url}/api/v1/audit`, { headers: own })).text()).split("\n").filter(Boolean);
      return lines.map((line) => (JSON.parse(line) as { event: AuditEvent }).event);
    },
  };
}
