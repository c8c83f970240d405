import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Bucket,
  type BucketOptions,
  createBucket,
  currentVersion,
  deleteCurrent,
  storeObject,
} from "./buckets.ts";
import { createClock } from "./clock.ts";
import { isControlRequest, serveControlRequest } from "./control.ts";
import { type RequestHook, serveAwsRequest, type World } from "./dispatch.ts";
import { createDynamodbTables, type Item } from "./dynamodb-tables.ts";
import { createFaults, type Fault } from "./faults.ts";
import { type AccessKey, createIdentities, type RoleOptions, type SandboxAccount } from "./identities.ts";
import { createJournal, type JournalEntry, type JournalFilter } from "./journal.ts";
import type { ListingKnobs } from "./s3-listing.ts";

export type { BucketOptions } from "./buckets.ts";
export type { RequestEvent, RequestHook } from "./dispatch.ts";
export type { AttributeValue, Item } from "./dynamodb-tables.ts";
export type { Fault, FaultEffect, FaultMatch } from "./faults.ts";
export type { AccessKey, Principal, RoleOptions, SandboxAccount } from "./identities.ts";
export type { JournalEntry, JournalFilter } from "./journal.ts";
export type { ListingKnobs } from "./s3-listing.ts";

export type PutOptions = { lastModifiedMs?: number; ifNoneMatch?: boolean; etag?: string };
/** ETags are quoted, as S3 sends them; the version id is null in a bucket that was never versioned. */
export type ObjectRead = { body: Uint8Array; etag: string; lastModifiedMs: number; versionId: string | null };
export type VersionRead = ObjectRead & { isDeleteMarker: boolean; isLatest: boolean };

export type Sandbox = {
  readonly s3Url: string;
  readonly dynamodbUrl: string;
  readonly stsUrl: string;
  addAccount(account: SandboxAccount): void;
  createBucket(options: BucketOptions): void;
  createTable(table: { accountId: string; name: string; region: string }): Promise<void>;
  addAccessKey(key: AccessKey): void;
  addRole(role: RoleOptions): void;
  putObject(
    bucket: string,
    key: string,
    body: Uint8Array | string,
    options?: PutOptions,
  ): { etag: string; versionId: string | null };
  getObject(bucket: string, key: string): ObjectRead | null;
  deleteObject(bucket: string, key: string): void;
  /** Newest first. */
  listVersions(bucket: string, key: string): VersionRead[];
  putItem(accountId: string, region: string, table: string, item: Item): Promise<void>;
  getItem(accountId: string, region: string, table: string, lockId: string): Promise<Item | null>;
  deleteItem(accountId: string, region: string, table: string, lockId: string): Promise<void>;
  journal(filter?: JournalFilter): readonly JournalEntry[];
  clearJournal(): void;
  addFault(fault: Fault): string;
  removeFault(id: string): void;
  clearFaults(): void;
  /** Hooks are awaited, before the request acts and again before its answer is sent. Returns the way to stop. */
  onRequest(hook: RequestHook): () => void;
  setLatency(ms: number): void;
  setListing(knobs: ListingKnobs): void;
  /** Sets the sandbox's clock ahead of this machine's: it dates what is answered and stored from now on. */
  setClockOffsetMs(ms: number): void;
  /** Whether requests dated more than 15 minutes from the sandbox's time are refused; they are, unless told otherwise. */
  setSkewRefused(isRefused: boolean): void;
  close(): Promise<void>;
};

/** Starts an empty AWS on loopback; accounts, buckets, tables and keys are added to it. */
export async function startSandbox(options: { port?: number; host?: "127.0.0.1" } = {}): Promise<Sandbox> {
  const closer = new AbortController();
  const clock = createClock();
  const world: World = {
    clock,
    identities: createIdentities(clock.now),
    buckets: new Map(),
    listing: {},
    tables: createDynamodbTables(),
    journal: createJournal(),
    faults: createFaults(),
    hooks: new Set(),
    latencyMs: 0,
    closing: closer.signal,
  };
  const server = createServer((message, response) => {
    const served = isControlRequest(message)
      ? serveControlRequest(sandbox, message, response)
      : serveAwsRequest(world, message, response);
    // A broken handler must look like a broken connection, not like an answer of AWS.
    served.catch((error: unknown) => {
      if (!closer.signal.aborted) process.stderr.write(`sandbox: ${String(error)}\n`);
      message.socket.destroy();
    });
  });
  // Shorter than a client's pool keeps sockets, and a reused one would fail now and then.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, options.host ?? "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const sandbox: Sandbox = {
    s3Url: url,
    dynamodbUrl: url,
    stsUrl: url,
    ...manageWorld(world),
    async close() {
      closer.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return sandbox;
}

function manageWorld(world: World): Omit<Sandbox, "s3Url" | "dynamodbUrl" | "stsUrl" | "close"> {
  const { identities, tables, journal, faults } = world;
  return {
    addAccount: identities.addAccount,
    addAccessKey: identities.addAccessKey,
    addRole: identities.addRole,
    createBucket: (options) => void world.buckets.set(options.name, createBucket(options, world.clock.now)),
    createTable: tables.createTable,
    ...manageObjects((name) => {
      const bucket = world.buckets.get(name);
      if (bucket === undefined) throw new Error(`The sandbox has no bucket "${name}".`);
      return bucket;
    }),
    putItem: tables.putItem,
    getItem: tables.getItem,
    deleteItem: tables.deleteItem,
    journal: journal.entries,
    clearJournal: journal.clear,
    addFault: faults.add,
    removeFault: faults.remove,
    clearFaults: faults.clear,
    onRequest(hook) {
      world.hooks.add(hook);
      return () => void world.hooks.delete(hook);
    },
    setLatency: (ms) => {
      world.latencyMs = ms;
    },
    setListing: (knobs) => {
      world.listing = { ...knobs };
    },
    setClockOffsetMs: (ms) => {
      world.clock.offsetMs = ms;
    },
    setSkewRefused: (isRefused) => {
      world.clock.refusesSkew = isRefused;
    },
  };
}

function manageObjects(
  bucketNamed: (name: string) => Bucket,
): Pick<Sandbox, "putObject" | "getObject" | "deleteObject" | "listVersions"> {
  const versionIdOf = (bucket: Bucket, versionId: string) => (bucket.versioning === "off" ? null : versionId);
  return {
    putObject(name, key, body, options = {}) {
      const bucket = bucketNamed(name);
      if (options.ifNoneMatch && currentVersion(bucket, key)) throw new Error(`"${key}" is there already.`);
      const etag = options.etag?.replaceAll('"', "");
      const stored = storeObject(bucket, key, {
        body: Buffer.from(body),
        etag,
        lastModifiedMs: options.lastModifiedMs,
      });
      return { etag: `"${stored.etag}"`, versionId: versionIdOf(bucket, stored.versionId) };
    },
    getObject(name, key) {
      const bucket = bucketNamed(name);
      const version = currentVersion(bucket, key);
      if (version === undefined) return null;
      const { body, etag, lastModifiedMs, versionId } = version;
      return { body, etag: `"${etag}"`, lastModifiedMs, versionId: versionIdOf(bucket, versionId) };
    },
    deleteObject: (name, key) => void deleteCurrent(bucketNamed(name), key),
    listVersions(name, key) {
      const bucket = bucketNamed(name);
      return (bucket.objects.get(key) ?? []).map(
        ({ body, etag, lastModifiedMs, versionId, isDeleteMarker }, index) => ({
          body,
          etag: `"${etag}"`,
          lastModifiedMs,
          versionId: versionIdOf(bucket, versionId),
          isDeleteMarker,
          isLatest: index === 0,
        }),
      );
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The sandbox has no TCP address.");
  return address.port;
}
