import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, testIn } from "./fixtures.ts";
import { hasS3Half, takeLock } from "./locks.ts";
import { type RawAnswer, sendRaw } from "./raw-request.ts";
import { type Call, callOf, isWriting, METHODS, ROUTES, type Route, type Subjects } from "./route-table.ts";
import type { World } from "./world.ts";

const DIST = process.env["LOCKKEEPER_DIST_DIR"] ?? ".next";
const STANDING = "every-route/standing.tfstate";
const RELEASED = "every-route/released.tfstate";
/** Next's own pages for what is not there and what failed. */
const OF_NEXT = ["/_not-found", "/_global-error"];

const test = testIn();

test("every route of the build and of the sources is in the table, and nothing else is", () => {
  const built = Object.values(readJson("app-path-routes-manifest.json")).filter(
    (path) => !OF_NEXT.includes(String(path)),
  );
  const written = globSync("app/**/{route,page}.{ts,tsx}").map((file) => `/${file.split("/").slice(1, -1).join("/")}`);
  const listed = ROUTES.map(({ path }) => path);

  expect(listed.toSorted()).toEqual(built.toSorted());
  expect(
    ROUTES.filter(({ kind }) => kind !== "file")
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual(written.toSorted());
});

test("there is no server action, which would be a way to write that no table lists", () => {
  const { node, edge } = readJson("server/server-reference-manifest.json");

  expect({ node, edge }).toEqual({ node: {}, edge: {} });
});

test("our own calls are answered by the methods the table lists and by no other", async ({ world }) => {
  const subjects = await prepare(world);
  // What writes is asked for by the tests of unlocks, restores and scans.
  const calls = everyCall(subjects).filter(
    ({ route, call }) => !isWriting(call.method) || !route.answers.includes(call.method),
  );
  const wrong = await inParallel(calls, async ({ route, call }) => {
    const { status } = await sendRaw(world.product.url, call);
    // Next's own word for OPTIONS of a page is 400.
    const isRefused = status === 405 || (call.method === "OPTIONS" && status === 400);
    const isAnswered =
      isAbsentHere(route) && call.method !== "OPTIONS" ? status === 404 : status >= 200 && status < 300;
    const isRight = route.answers.includes(call.method) ? isAnswered : isRefused;
    return isRight ? [] : [`${nameOf(call)}: ${status}`];
  });
  expect(wrong).toEqual([]);
  expectNothingWritten(world, subjects);
});

const STRANGERS: readonly {
  readonly name: string;
  readonly change: (call: Call) => Call;
  readonly isAbout?: (call: Call) => boolean;
}[] = [
  { name: "a foreign host", change: (call) => withHeaders(call, { host: "lockkeeper.example" }) },
  { name: "a foreign origin", change: (call) => withHeaders(call, { origin: "https://evil.example" }) },
  { name: "an opaque origin", change: (call) => withHeaders(call, { origin: "null" }) },
  {
    name: "a script of another site",
    change: (call) => withHeaders(call, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }),
  },
  {
    name: "a form of another site",
    change: (call) => withHeaders(call, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }),
    isAbout: ({ method }) => isWriting(method),
  },
  {
    name: "a page of a sibling domain",
    change: (call) => withHeaders(call, { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }),
  },
  {
    name: "a body that any form can send",
    change: (call) => withHeaders(call, { "content-type": "text/plain" }),
    isAbout: ({ method }) => isWriting(method),
  },
  {
    name: "a call that claims to be Next's own",
    change: (call) =>
      withHeaders(call, {
        host: "lockkeeper.example",
        "x-middleware-subrequest": Array(5).fill("proxy").join(":"),
        "next-router-prefetch": "1",
        "next-router-segment-prefetch": "/_tree",
        rsc: "1",
      }),
  },
];

for (const { name, change, isAbout = () => true } of STRANGERS) {
  test(`no route answers ${name}, by any method`, async ({ world }) => {
    const subjects = await prepare(world);
    const calls = everyCall(subjects).filter(({ call }) => isAbout(call));
    const wrong = await inParallel(calls, async ({ call }) => {
      const answer = await sendRaw(world.product.url, change(call));
      return isRefusal(answer) ? [] : [`${nameOf(call)}: ${answer.status}`];
    });
    expect(wrong).toEqual([]);
    expectNothingWritten(world, subjects);
  });
}

test("a file of the build is not given to a foreign host either", async ({ world }) => {
  const [file] = globSync("static/**/*.js", { cwd: DIST });
  const path = `/_next/${file}`;

  expect((await sendRaw(world.product.url, { method: "GET", path })).status).toBe(200);
  expect(
    (await sendRaw(world.product.url, { method: "GET", path, headers: { host: "lockkeeper.example" } })).status,
  ).toBe(403);
});

type Prepared = Subjects & { readonly afterSeq: number };

/** One lock that stands and one that could be put back, and from where on the journal counts. */
async function prepare(world: World): Promise<Prepared> {
  await takeLock(world, { stateKey: STANDING });
  await takeLock(world, { stateKey: RELEASED });
  await world.api.scan();
  const released = await world.api.lockAt(RELEASED);
  const { body } = await world.api.unlock({ ...partsOf(released), reason: "To have something to put back." });
  expect(body.outcome).toBe("released");
  // The first checkpoint of the trail is a route's answer too.
  await expect.poll(async () => (await fetch(`${world.product.url}/api/v1/audit/checkpoint`)).status).toBe(200);
  const afterSeq = world.sandbox.journal().at(-1)?.seq ?? 0;
  return { lock: partsOf(await world.api.lockAt(STANDING)), unlockId: body.id, afterSeq };
}

/** Where nobody signs in, there is nothing that these could show. */
function isAbsentHere({ path, subject }: Route): boolean {
  return subject !== undefined || path === "/api/v1/sign-in/callback" || path.startsWith("/sign-in/");
}

function partsOf({ key, lockId, fingerprint }: Subjects["lock"]): Subjects["lock"] {
  return { key, lockId, fingerprint };
}

function everyCall(subjects: Subjects): { readonly route: Route; readonly call: Call }[] {
  return ROUTES.flatMap((route) => METHODS.map((method) => ({ route, call: callOf(route, method, subjects) })));
}

function withHeaders(call: Call, headers: Readonly<Record<string, string>>): Call {
  return { ...call, headers: { ...call.headers, ...headers } };
}

function isRefusal({ status, headers }: RawAnswer): boolean {
  return status === 403 && headers["access-control-allow-origin"] === undefined;
}

function expectNothingWritten(world: World, { afterSeq }: Prepared): void {
  expect(world.sandbox.journal({ isWrite: true, afterSeq })).toEqual([]);
  expect(hasS3Half(world, STANDING)).toBe(true);
  expect(hasS3Half(world, RELEASED)).toBe(false);
}

/** Eight at a time. */
async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<string[]>): Promise<string[]> {
  const queue = items.values();
  const lanes = Array.from({ length: 8 }, async () => {
    const found: string[] = [];
    for (const item of queue) found.push(...(await run(item)));
    return found;
  });
  return (await Promise.all(lanes)).flat();
}

function nameOf({ method, path }: Call): string {
  return `${method} ${path}`;
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(DIST, file), "utf8"));
}
