import { Agent } from "node:http";
import { resolve } from "node:path";
import fc from "fast-check";
import { expect, testIn } from "./fixtures.ts";
import { requestsOf } from "./fuzz-requests.ts";
import { takeLock } from "./locks.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "./raw-request.ts";
import { ROUTES, type Subjects } from "./route-table.ts";
import { PAYMENTS, type World } from "./world.ts";

/** CONTRIBUTING.md says how to ask for more, and for others. */
const PER_ROUTE = Number(process.env["LOCKKEEPER_FUZZ_PER_ROUTE"] ?? 60);
const SEED = Number(process.env["LOCKKEEPER_FUZZ_SEED"] ?? 5);
const ANSWER_MS_MAX = 10_000;
const ONLY = process.env["LOCKKEEPER_FUZZ_ROUTE"];
/** A page takes long to render, and reads no body. */
const PER_PAGE = Math.ceil(PER_ROUTE / 5);
const LANES = 8;
const STANDING = "fuzz/standing.tfstate";

const test = testIn();

test(`no route fails, hangs, tells of its inside or writes, whatever it is sent`, async ({ world }) => {
  test.setTimeout(60_000 + PER_ROUTE * ROUTES.length * 50);
  const subjects = await prepare(world);
  const afterSeq = world.sandbox.journal().at(-1)?.seq ?? 0;
  const requests = ROUTES.filter(({ path }) => ONLY === undefined || path === ONLY).flatMap((route) =>
    fc.sample(requestsOf(route, subjects), { numRuns: route.kind === "page" ? PER_PAGE : PER_ROUTE, seed: SEED }),
  );

  const { wrong, statuses } = await sendAll(world, requests);

  if (process.env["LOCKKEEPER_FUZZ_PER_ROUTE"] !== undefined)
    process.stdout.write(`${requests.length} requests: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  expect(wrong).toEqual([]);
  expect(world.sandbox.journal({ isWrite: true, afterSeq })).toEqual([]);
  expect((await world.api.lockAt(STANDING)).fingerprint).toBe(subjects.lock.fingerprint);
});

const withSignIn = testIn({
  accounts: [PAYMENTS],
  access: {
    mode: "oidc",
    // Nobody listens there, so that what asks the provider is told that it is down.
    oidc: { issuer: "http://127.0.0.1:9", clientId: "fuzz", clientSecret: "fuzz" },
    breakGlassPeople: ["fuzz@acme.example"],
  },
});
const OF_SIGN_IN = /^\/(api\/v1\/)?(sign-in|sign-out|password)/;
const NOBODYS: Subjects = {
  lock: { key: "0".repeat(40), lockId: null, fingerprint: "0".repeat(64) },
  unlockId: "none",
};

withSignIn(
  `no route of signing in fails, hangs, tells of its inside or lets anybody in, whatever it is sent`,
  async ({ world }) => {
    test.setTimeout(60_000 + PER_ROUTE * ROUTES.length * 50);
    const own = { origin: world.product.url };
    const requests = ROUTES.filter(
      ({ path }) => OF_SIGN_IN.test(path) && (ONLY === undefined || path === ONLY),
    ).flatMap((route) => {
      const numRuns = route.kind === "page" ? PER_PAGE : PER_ROUTE;
      const sent = fc.sample(requestsOf(route, NOBODYS), { numRuns, seed: SEED });
      // Without it the guard would keep most of them from the route.
      return sent.map((request) => ({ ...request, headers: { ...own, ...request.headers } }));
    });

    const { wrong, statuses } = await sendAll(world, requests, [503]);

    if (process.env["LOCKKEEPER_FUZZ_PER_ROUTE"] !== undefined)
      process.stdout.write(`${requests.length} requests: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect(wrong).toEqual([]);
    expect((await fetch(`${world.product.url}/api/v1/locks`)).status).toBe(401);
  },
);

/** A lock that stands, and the record of an unlock that released nothing and so can put nothing back. */
async function prepare(world: World): Promise<Subjects> {
  await takeLock(world, { stateKey: STANDING });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(STANDING);
  const lock = { key, lockId, fingerprint };
  const { body } = await world.api.unlock({ ...lock, fingerprint: "0".repeat(64), reason: "To have a record." });
  expect(body.id).toEqual(expect.any(String));
  return { lock, unlockId: body.id };
}

type Outcome = { readonly wrong: readonly string[]; readonly statuses: ReadonlyMap<number, number> };

/** `known` are failures that an answer may tell of. */
async function sendAll(world: World, requests: readonly RawRequest[], known: readonly number[] = []): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  const inside = [resolve("."), world.folder, "node_modules", ".next/server", "PrismaClient"];
  const wrong: string[] = [];
  const statuses = new Map<number, number>();
  const queue = requests.values();
  const lanes = Array.from({ length: LANES }, async () => {
    for (const request of queue) {
      const answer = await sendRaw(world.product.url, request, { agent, limitMs: ANSWER_MS_MAX }).catch(String);
      const problem = typeof answer === "string" ? answer : findProblem(answer, inside, known);
      if (typeof answer !== "string") statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (problem !== null) wrong.push(`${problem}: ${JSON.stringify(request).slice(0, 500)}`);
    }
  });
  await Promise.all(lanes);
  agent.destroy();
  return { wrong: wrong.slice(0, 20), statuses };
}

function findProblem(
  { status, headers, body }: RawAnswer,
  inside: readonly string[],
  known: readonly number[],
): string | null {
  if (status >= 500 && !known.includes(status)) return `status ${status}`;
  if (/\n\s+at .+:\d+:\d+|&nbsp;at .+:\d+:\d+/.test(body)) return "a stack trace";
  const told = inside.find((word) => body.includes(word) || JSON.stringify(headers).includes(word));
  return told === undefined ? null : `it tells of ${told}`;
}
