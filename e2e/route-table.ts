import { randomUUID } from "node:crypto";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type Method = (typeof METHODS)[number];

const WRITING_METHODS: readonly Method[] = ["POST", "PUT", "PATCH", "DELETE"];

/** A lock that stands, one that was unlocked, and by which record: what a route's parameters and bodies are made of. */
export type Subjects = {
  readonly lock: { readonly key: string; readonly lockId: string | null; readonly fingerprint: string };
  readonly unlockId: string;
  /** Only where people sign in. */
  readonly approvalId?: string;
  readonly personKey?: string;
  readonly tokenId?: string;
};

/**
 * Who may ask a route: anybody at all, everybody who signed in or sends a token, people alone, or who has a permission, at its
 * subject or at all.
 */
export type Asks =
  | "anybody"
  | "somebody"
  | "person"
  | { readonly may: string; readonly at: "subject" | "anywhere" | "everywhere" };

export type Route = {
  /** As the build names it, parameters in brackets. */
  readonly path: string;
  readonly kind: "page" | "api" | "probe" | "file";
  /** What it answers with success when we ask it ourselves; whatever is not here must be refused. */
  readonly answers: readonly Method[];
  /** Who may read it. */
  readonly asks: Asks;
  /** Who may write with it, where that is somebody else. */
  readonly writes?: Asks;
  /** What its parameter names, where that is no lock and no unlock. */
  readonly subject?: "approvalId" | "personKey" | "tokenId";
  /** A body that it would act upon, so that a guard that fails is seen. */
  readonly body?: (subjects: Subjects) => unknown;
};

// Next derives these two from a GET.
const READ = ["GET", "HEAD", "OPTIONS"] as const;
const WRITE = ["POST", "OPTIONS"] as const;
const PAGE = { kind: "page", answers: ["GET", "HEAD"] } as const;
const API = { kind: "api", answers: READ } as const;

const SEES_LOCKS: Asks = { may: "locks.view", at: "anywhere" };
const SEES_LOCK: Asks = { may: "locks.view", at: "subject" };
const SEES_RECORDS: Asks = { may: "unlocks.view", at: "anywhere" };
const SEES_RECORD: Asks = { may: "unlocks.view", at: "subject" };
const READS_TRAIL: Asks = { may: "audit.read", at: "anywhere" };
const READS_WHOLE_TRAIL: Asks = { may: "audit.read", at: "everywhere" };
const MANAGES_PEOPLE: Asks = { may: "people.manage", at: "everywhere" };

const REASON = "Sent by the test of every route.";
const PASSWORD = "a password that nobody has";

/** Every route of the build. A route that is not here fails the tests: say who may ask it before you add it. */
export const ROUTES: readonly Route[] = [
  { ...PAGE, path: "/", asks: SEES_LOCKS },
  { ...PAGE, path: "/account", asks: "person" },
  { ...PAGE, path: "/approvals", asks: SEES_RECORDS },
  { ...PAGE, path: "/approvals/[id]", asks: SEES_RECORD, subject: "approvalId" },
  { ...PAGE, path: "/audit", asks: READS_TRAIL },
  { ...PAGE, path: "/locks/[key]", asks: SEES_LOCK },
  { ...PAGE, path: "/people", asks: MANAGES_PEOPLE },
  { ...PAGE, path: "/sign-in", asks: "anybody" },
  { ...PAGE, path: "/sign-in/first", asks: "anybody" },
  { ...PAGE, path: "/sign-in/password", asks: "anybody" },
  { ...PAGE, path: "/sources", asks: SEES_LOCKS },
  { ...PAGE, path: "/unlocks", asks: SEES_RECORDS },
  { ...PAGE, path: "/unlocks/[id]", asks: SEES_RECORD },
  { ...API, path: "/api/v1/approvals", asks: "somebody" },
  {
    ...API,
    path: "/api/v1/approvals/[id]",
    answers: [...READ, "POST"],
    asks: SEES_RECORD,
    writes: { may: "unlocks.approve", at: "subject" },
    subject: "approvalId",
    body: () => ({ decision: "approve", comment: REASON }),
  },
  { ...API, path: "/api/v1/audit", asks: READS_WHOLE_TRAIL },
  { ...API, path: "/api/v1/audit/checkpoint", asks: READS_TRAIL },
  { ...API, path: "/api/v1/audit/deliveries", asks: READS_WHOLE_TRAIL },
  { ...API, path: "/api/v1/audit/key", asks: "somebody" },
  { ...API, path: "/api/v1/audit/status", asks: READS_TRAIL },
  { ...API, path: "/api/v1/locks", asks: "somebody" },
  { ...API, path: "/api/v1/locks/[key]", asks: SEES_LOCK },
  { ...API, path: "/api/v1/locks/events", asks: "somebody" },
  { ...API, path: "/api/v1/locks/rows", asks: "somebody" },
  {
    ...API,
    path: "/api/v1/password",
    answers: WRITE,
    asks: "anybody",
    body: () => ({ password: PASSWORD, newPassword: `${PASSWORD} yet` }),
  },
  {
    ...API,
    path: "/api/v1/people",
    answers: [...READ, "POST"],
    asks: MANAGES_PEOPLE,
    body: () => ({ email: "every.route@acme.example", name: "Every Route" }),
  },
  {
    ...API,
    path: "/api/v1/people/[key]",
    answers: WRITE,
    asks: MANAGES_PEOPLE,
    subject: "personKey",
    body: () => ({ change: "disable" }),
  },
  { ...API, path: "/api/v1/scans", answers: WRITE, asks: "somebody", body: () => ({ wait: true }) },
  {
    ...API,
    path: "/api/v1/sessions/[id]",
    answers: ["DELETE", "OPTIONS"],
    asks: "person",
    subject: "personKey",
  },
  { ...API, path: "/api/v1/sign-in/callback", answers: READ, asks: "anybody" },
  {
    ...API,
    path: "/api/v1/sign-in/password",
    answers: WRITE,
    asks: "anybody",
    body: () => ({ email: "every.route@acme.example", password: PASSWORD }),
  },
  { ...API, path: "/api/v1/sign-in/provider", answers: WRITE, asks: "anybody" },
  {
    ...API,
    path: "/api/v1/sign-in/set-password",
    answers: WRITE,
    asks: "anybody",
    body: () => ({ secret: "guessed", password: PASSWORD }),
  },
  { ...API, path: "/api/v1/sign-out", answers: WRITE, asks: "anybody" },
  {
    ...API,
    path: "/api/v1/tokens",
    answers: [...READ, "POST"],
    asks: "person",
    writes: { may: "tokens.make", at: "anywhere" },
    body: () => ({ name: "every route", expiresInDays: 1, roles: ["viewer"] }),
  },
  {
    ...API,
    path: "/api/v1/tokens/[id]",
    answers: ["DELETE", "OPTIONS"],
    asks: "somebody",
    writes: { may: "tokens.make", at: "anywhere" },
    subject: "tokenId",
  },
  {
    ...API,
    path: "/api/v1/unlocks",
    answers: [...READ, "POST"],
    asks: "somebody",
    writes: { may: "unlocks.force", at: "subject" },
    body: ({ lock }) => ({ ...lock, reason: REASON }),
  },
  { ...API, path: "/api/v1/unlocks/[id]", asks: SEES_RECORD },
  {
    ...API,
    path: "/api/v1/unlocks/[id]/restore",
    answers: WRITE,
    asks: { may: "restores.put", at: "subject" },
    body: () => ({ reason: REASON }),
  },
  {
    ...API,
    path: "/api/v1/unlocks/[id]/review",
    answers: WRITE,
    asks: { may: "reviews.write", at: "subject" },
    body: () => ({ comment: REASON }),
  },
  { path: "/healthz", kind: "probe", answers: READ, asks: "anybody" },
  { path: "/readyz", kind: "probe", answers: READ, asks: "anybody" },
  { path: "/metrics", kind: "probe", answers: READ, asks: { may: "locks.view", at: "everywhere" } },
  { path: "/icon.svg", kind: "file", answers: ["GET", "HEAD"], asks: "anybody" },
];

export type Call = {
  readonly method: Method;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A call of that route and method which is right in every part. */
export function callOf(route: Route, method: Method, subjects: Subjects): Call {
  const path = pathOf(route, subjects);
  if (!isWriting(method)) return { method, path, headers: {} };
  return {
    method,
    path,
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    body: JSON.stringify(route.body?.(subjects) ?? {}),
  };
}

function pathOf({ path, subject }: Route, subjects: Subjects): string {
  if (subject !== undefined) return path.replace(/\[\w+\]/, subjects[subject] ?? "none");
  return path.replace("[key]", subjects.lock.key).replace("[id]", subjects.unlockId);
}

/** Whether a method may change something. */
export function isWriting(method: Method): boolean {
  return WRITING_METHODS.includes(method);
}
