import { randomUUID } from "node:crypto";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type Method = (typeof METHODS)[number];

const WRITING_METHODS: readonly Method[] = ["POST", "PUT", "PATCH", "DELETE"];

/** A lock that stands, one that was unlocked, and by which record: what a route's parameters and bodies are made of. */
export type Subjects = {
  readonly lock: { readonly key: string; readonly lockId: string | null; readonly fingerprint: string };
  readonly unlockId: string;
};

export type Route = {
  /** As the build names it, parameters in brackets. */
  readonly path: string;
  readonly kind: "page" | "api" | "probe" | "file";
  /** What it answers with success when we ask it ourselves; whatever is not here must be refused. */
  readonly answers: readonly Method[];
  /** A body that it would act upon, so that a guard that fails is seen. */
  readonly body?: (subjects: Subjects) => unknown;
  /** In the world of the tests there is nothing that it could show or act upon, so it answers 404. */
  readonly isAbsent?: true;
};

// Next derives these two from a GET.
const READ = ["GET", "HEAD", "OPTIONS"] as const;
const WRITE = ["POST", "OPTIONS"] as const;

/** Every route of the build. A route that is not here fails the tests: say who may ask it before you add it. */
export const ROUTES: readonly Route[] = [
  { path: "/", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/approvals", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/approvals/[id]", kind: "page", answers: ["GET", "HEAD"], isAbsent: true },
  { path: "/audit", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/locks/[key]", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/sign-in", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/sources", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/unlocks", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/unlocks/[id]", kind: "page", answers: ["GET", "HEAD"] },
  { path: "/api/v1/approvals", kind: "api", answers: READ },
  {
    path: "/api/v1/approvals/[id]",
    kind: "api",
    answers: [...READ, "POST"],
    body: () => ({ decision: "approve", comment: "Sent by the test of every route." }),
    isAbsent: true,
  },
  { path: "/api/v1/audit", kind: "api", answers: READ },
  { path: "/api/v1/audit/checkpoint", kind: "api", answers: READ },
  { path: "/api/v1/audit/deliveries", kind: "api", answers: READ },
  { path: "/api/v1/audit/key", kind: "api", answers: READ },
  { path: "/api/v1/audit/status", kind: "api", answers: READ },
  { path: "/api/v1/locks", kind: "api", answers: READ },
  { path: "/api/v1/locks/[key]", kind: "api", answers: READ },
  { path: "/api/v1/locks/events", kind: "api", answers: READ },
  { path: "/api/v1/locks/rows", kind: "api", answers: READ },
  { path: "/api/v1/scans", kind: "api", answers: WRITE, body: () => ({ wait: true }) },
  {
    path: "/api/v1/tokens",
    kind: "api",
    answers: [...READ, "POST"],
    body: () => ({ name: "every route", expiresInDays: 1, roles: ["viewer"] }),
  },
  { path: "/api/v1/tokens/[id]", kind: "api", answers: ["DELETE", "OPTIONS"] },
  {
    path: "/api/v1/unlocks",
    kind: "api",
    answers: [...READ, "POST"],
    body: ({ lock }) => ({ ...lock, reason: "Sent by the test of every route." }),
  },
  { path: "/api/v1/unlocks/[id]", kind: "api", answers: READ },
  {
    path: "/api/v1/unlocks/[id]/restore",
    kind: "api",
    answers: WRITE,
    body: () => ({ reason: "Sent by the test of every route." }),
  },
  {
    path: "/api/v1/unlocks/[id]/review",
    kind: "api",
    answers: WRITE,
    body: () => ({ comment: "Sent by the test of every route." }),
  },
  { path: "/healthz", kind: "probe", answers: READ },
  { path: "/readyz", kind: "probe", answers: READ },
  { path: "/metrics", kind: "probe", answers: READ },
  { path: "/icon.svg", kind: "file", answers: ["GET", "HEAD"] },
];

export type Call = {
  readonly method: Method;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A call of that route and method which is right in every part. */
export function callOf(route: Route, method: Method, subjects: Subjects): Call {
  const path = route.path.replace("[key]", subjects.lock.key).replace("[id]", subjects.unlockId);
  if (!isWriting(method)) return { method, path, headers: {} };
  return {
    method,
    path,
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    body: JSON.stringify(route.body?.(subjects) ?? {}),
  };
}

/** Whether a method may change something. */
export function isWriting(method: Method): boolean {
  return WRITING_METHODS.includes(method);
}
