import { expect, test, vi } from "vitest";
import { FULL_ACCESS, NO_ACCESS } from "#lib/domain/access/access.ts";
import type { SignIn } from "#lib/domain/access/sign-in.ts";
import type { Authenticate, Principal } from "./principal.ts";
import { watchAccess } from "./watch-access.ts";

const SESSION: SignIn = { kind: "session", sessionId: "s", signedInAtMs: 0 };
const SAM: Principal = {
  actor: { kind: "person", name: "sam", authenticatedBy: "password", issuer: "lockkeeper", subject: "1" },
  signIn: SESSION,
  access: FULL_ACCESS,
};

function watch(authenticate: Authenticate, signIn = SESSION, signal = new AbortController().signal) {
  const headers = new Headers();
  return watchAccess({ headers, ctx: { access: FULL_ACCESS, signIn }, authenticate, signal, everyMs: 1 });
}

test.each<[string, Authenticate]>([
  ["signed out", async () => null],
  ["sees something else", async () => ({ ...SAM, access: NO_ACCESS })],
  ["cannot be told", () => Promise.reject(new Error("no database"))],
])("a stream ends when who opened it %s", async (_case, authenticate) => {
  const ended = watch(authenticate);

  await vi.waitFor(() => expect(ended.aborted).toBe(true), { timeout: 15_000 });
});

test("a stream goes on while its reader is who they were, and asks no more once nobody listens", async () => {
  const gone = new AbortController();
  let asked = 0;
  const ended = watch(
    async () => {
      asked += 1;
      return SAM;
    },
    SESSION,
    gone.signal,
  );
  await vi.waitFor(() => expect(asked).toBeGreaterThan(3), { timeout: 15_000 });
  expect(ended.aborted).toBe(false);

  gone.abort();
  const before = asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBeLessThanOrEqual(before + 1);
});

test("the person at this machine is not asked again", () => {
  const authenticate = vi.fn<Authenticate>();

  watch(authenticate, { kind: "local" });
  expect(authenticate).not.toHaveBeenCalled();
});
