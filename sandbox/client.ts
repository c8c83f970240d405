import type {
  AccessKey,
  BucketOptions,
  Fault,
  Item,
  JournalEntry,
  JournalFilter,
  ListingKnobs,
  RoleOptions,
  SandboxAccount,
} from "./sandbox.ts";

type StoredObject = { body: Buffer; etag: string; lastModifiedMs: number; versionId: string | null };
type Sent<T> = Omit<T, "body"> & { bodyBase64: string };

export type SandboxClient = ReturnType<typeof connectSandbox>;

/** Drives a sandbox of another process through its control API. */
export function connectSandbox(endpoint: string) {
  async function ask<T>(method: "GET" | "POST" | "PUT" | "DELETE", action: string, input: object = {}): Promise<T> {
    const json = JSON.stringify(input);
    const query = method === "GET" ? `?input=${encodeURIComponent(json)}` : "";
    const body = method === "GET" ? {} : { body: json };
    const response = await fetch(`${endpoint}/_sandbox/${action}${query}`, { method, ...body });
    const answer = await response.json();
    if (!response.ok) throw new Error(`The sandbox refused "${method} ${action}": ${JSON.stringify(answer)}`);
    return answer;
  }
  const received = <T extends { bodyBase64: string }>({ bodyBase64, ...rest }: T) => ({
    ...rest,
    body: Buffer.from(bodyBase64, "base64"),
  });
  return {
    addAccount: (account: SandboxAccount) => ask<unknown>("POST", "account", account),
    addRole: (role: Omit<RoleOptions, "denyReadKeys"> & { denyReadKeys?: string }) =>
      ask<unknown>("POST", "role", role),
    addAccessKey: (key: AccessKey) => ask<unknown>("POST", "key", key),
    createBucket: (bucket: BucketOptions) => ask<unknown>("POST", "bucket", bucket),
    createTable: (table: { accountId: string; region: string; name: string }) =>
      ask<unknown>("POST", "table", { accountId: table.accountId, region: table.region, table: table.name }),
    putObject(
      bucket: string,
      key: string,
      body: Uint8Array | string,
      options: { lastModifiedMs?: number; etag?: string } = {},
    ) {
      const bodyBase64 = Buffer.from(body).toString("base64");
      return ask<{ etag: string; versionId: string | null }>("PUT", "object", { bucket, key, bodyBase64, ...options });
    },
    async getObject(bucket: string, key: string): Promise<StoredObject | null> {
      const { object } = await ask<{ object: Sent<StoredObject> | null }>("GET", "object", { bucket, key });
      return object && received(object);
    },
    deleteObject: (bucket: string, key: string) => ask<unknown>("DELETE", "object", { bucket, key }),
    async listVersions(bucket: string, key: string) {
      type Version = StoredObject & { isDeleteMarker: boolean; isLatest: boolean };
      const { versions } = await ask<{ versions: Sent<Version>[] }>("GET", "versions", { bucket, key });
      return versions.map(received);
    },
    putItem: (accountId: string, region: string, table: string, item: Item) =>
      ask<unknown>("PUT", "item", { accountId, region, table, item }),
    async getItem(accountId: string, region: string, table: string, lockId: string): Promise<Item | null> {
      const input = { accountId, region, table, lockId };
      return (await ask<{ item: Item | null }>("GET", "item", input)).item;
    },
    deleteItem: (accountId: string, region: string, table: string, lockId: string) =>
      ask<unknown>("DELETE", "item", { accountId, region, table, lockId }),
    async journal(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
      return (await ask<{ entries: JournalEntry[] }>("GET", "journal", filter)).entries;
    },
    clearJournal: () => ask<unknown>("DELETE", "journal"),
    async addFault(fault: Fault): Promise<string> {
      return (await ask<{ id: string }>("POST", "faults", fault)).id;
    },
    removeFault: (id: string) => ask<unknown>("DELETE", "faults", { id }),
    clearFaults: () => ask<unknown>("DELETE", "faults"),
    setListing: (knobs: ListingKnobs) => ask<unknown>("POST", "listing", knobs),
    setLatency: (ms: number) => ask<unknown>("POST", "latency", { ms }),
    setClockOffsetMs: (offsetMs: number) => ask<unknown>("POST", "clock", { offsetMs }),
    setSkewRefused: (isSkewRefused: boolean) => ask<unknown>("POST", "clock", { isSkewRefused }),
  };
}
