import { ANSWER_FIELDS, fieldsOf, WITHOUT_FIELDS } from "./answer-fields.ts";
import { expect, pageTest as test } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { type ProxiedPerson, type ProxiedWorld, startProxiedWorld } from "./proxied-world.ts";
import { sendRaw } from "./raw-request.ts";
import {
  type Asks,
  callOf,
  isWriting,
  METHODS,
  type Method,
  ROUTES,
  type Route,
  type Subjects,
} from "./route-table.ts";
import { PAYMENTS, PAYMENTS_BUCKET } from "./world.ts";

const STANDING = "by-role/standing.tfstate";
const RELEASED = "by-role/released.tfstate";
const BILLING = { name: "billing-prod", id: "222233334444", region: "eu-west-1", buckets: [{ name: "acme-billing" }] };

type Where = "everywhere" | "billing" | "released";
type Held = { readonly role: keyof typeof GIVES; readonly where: Where };

const VIEWS = ["locks.view", "unlocks.view", "tokens.make"];
/** What a role gives, written down here again: the product must agree. */
const GIVES: Readonly<Record<"viewer" | "unlocker" | "approver" | "auditor" | "admin", readonly string[]>> = {
  viewer: VIEWS,
  unlocker: [...VIEWS, "unlocks.force", "restores.put"],
  approver: [...VIEWS, "unlocks.approve"],
  auditor: [...VIEWS, "audit.read", "reviews.write"],
  admin: [...VIEWS, "unlocks.force", "restores.put", "unlocks.approve", "audit.read", "reviews.write", "people.manage"],
};
/** No token gives any of these. */
const OF_PEOPLE_ALONE = ["tokens.make", "unlocks.approve", "reviews.write", "people.manage"];

/** A group is a person's whole access. */
const GROUPS: Readonly<Record<string, readonly Held[]>> = {
  "no-role": [],
  viewer: [{ role: "viewer", where: "everywhere" }],
  "viewer-of-billing": [{ role: "viewer", where: "billing" }],
  "unlocker-of-billing": [{ role: "unlocker", where: "billing" }],
  "unlocker-of-released": [{ role: "unlocker", where: "released" }],
  approver: [{ role: "approver", where: "everywhere" }],
  auditor: [{ role: "auditor", where: "everywhere" }],
  "auditor-of-billing": [{ role: "auditor", where: "billing" }],
};
const SCOPES: Readonly<Record<Where, object>> = {
  everywhere: {},
  billing: { accounts: ["billing-*"] },
  released: { statePaths: [`${PAYMENTS_BUCKET}/${RELEASED}`] },
};

/** What somebody has, as a person or through a token; null is nobody. */
type Access = { readonly held: readonly Held[]; readonly isToken: boolean } | null;

let world: ProxiedWorld;
let subjects: Required<Subjects>;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  const roles = Object.entries(GROUPS).flatMap(([group, held]) =>
    held.map(({ role, where }) => ({ role, groups: [group], ...SCOPES[where] })),
  );
  world = await startProxiedWorld(
    {
      roles: [...roles, { role: "admin", groups: ["admin"] }],
      policies: [{ statePaths: [`${PAYMENTS_BUCKET}/by-role/approved.tfstate`], approval: "required" }],
    },
    {
      accounts: [PAYMENTS, BILLING],
      audit: { webhooks: [{ name: "siem", url: "http://127.0.0.1:9/events", secrets: ["x".repeat(24)] }] },
    },
  );
  subjects = await prepare();
});
test.afterAll(() => world.close());

const ADMIN: ProxiedPerson = { subject: "admin-1", groups: ["admin"] };

async function prepare(): Promise<Required<Subjects>> {
  const api = await world.apiOf(ADMIN);
  for (const stateKey of [STANDING, RELEASED, "by-role/approved.tfstate"]) await takeLock(world, { stateKey });
  await api.scan();
  const partsOf = async (stateKey: string) => {
    const { key, lockId, fingerprint } = await api.lockAt(stateKey);
    return { key, lockId, fingerprint };
  };
  const reason = "To have something to ask for.";
  const released = await api.unlock({ ...(await partsOf(RELEASED)), reason });
  expect(released.body.outcome).toBe("released");
  const waiting = await api.unlock({ ...(await partsOf("by-role/approved.tfstate")), reason });
  expect(waiting.status).toBe(202);
  const made = await api.post<{ token: { id: string } }>("/api/v1/tokens", {
    name: "of the administrator",
    expiresInDays: 1,
    roles: ["viewer"],
  });
  await expect.poll(async () => (await api.call("/api/v1/audit/status")).status).toBe(200);
  return {
    lock: await partsOf(STANDING),
    unlockId: released.body.id,
    approvalId: waiting.body.id,
    tokenId: made.body.token.id,
    personKey: (await api.call<{ people: { key: string }[] }>("/api/v1/people")).body.people[0]?.key ?? "",
  };
}

function isAllowed({ held, isToken }: NonNullable<Access>, asks: Asks, route: Route): boolean {
  if (asks === "anybody") return true;
  if (isToken && (route.kind === "page" || asks === "person")) return false;
  if (asks === "somebody" || asks === "person") return true;
  if (isToken && OF_PEOPLE_ALONE.includes(asks.may)) return false;
  const isOfReleased = route.path.includes("[id]") && route.subject === undefined;
  return held.some(({ role, where }) => {
    if (!GIVES[role].includes(asks.may)) return false;
    if (where === "everywhere" || asks.at === "anywhere") return true;
    return asks.at === "subject" && where === "released" && isOfReleased;
  });
}

type Judged = { readonly route: Route; readonly method: Method; readonly isAllowed: boolean };

/** Everything a route may be asked, but what somebody who may do it would really do. */
function judgeAll(access: Access): readonly Judged[] {
  return ROUTES.flatMap((route) =>
    // What a route answers to nobody is shown elsewhere.
    METHODS.filter((method) => method !== "OPTIONS" && route.answers.includes(method)).map((method) => {
      const asks = isWriting(method) ? (route.writes ?? route.asks) : route.asks;
      const isOpen = access === null ? asks === "anybody" : isAllowed(access, asks, route);
      return { route, method, isAllowed: isOpen };
    }),
  ).filter(({ method, isAllowed: isOpen }) => !(isOpen && isWriting(method)));
}

async function findWrong(access: Access, headers: Readonly<Record<string, string>>): Promise<string[]> {
  const wrong: string[] = [];
  for (const { route, method, isAllowed: isOpen } of judgeAll(access)) {
    const call = callOf(route, method, subjects);
    const { status, body } = await sendRaw(world.product.url, { ...call, headers: { ...call.headers, ...headers } });
    const isGiven = status >= 200 && status < 300 && !body.includes("Not part of your access");
    // What a sign-in page's routes say where nobody signs in is their own matter; they must only not succeed.
    const isRight = isOpen ? isGiven || /^(\/api\/v1)?\/sign-in\//.test(route.path) : !isGiven || method === "HEAD";
    if (!isRight) wrong.push(`${method} ${route.path}: ${status}`);
    if (!isOpen && status >= 500 && status !== 503) wrong.push(`${method} ${route.path}: ${status}`);
  }
  return wrong;
}

function expectUntouched(): void {
  const writes = world.sandbox.journal({ isWrite: true });
  expect(writes.filter(({ key }) => !key?.includes("released"))).toEqual([]);
}

test("whoever has not signed in is given nothing but what anybody may ask", async () => {
  expect(await findWrong(null, { origin: world.product.url })).toEqual([]);
  expectUntouched();
});

test("an assertion that nobody signed, and a header that anybody can send, are nobody's", async () => {
  const [head, , tail] = (await world.headersOf(ADMIN))["x-goog-iap-jwt-assertion"]?.split(".") ?? [];
  const claims = Buffer.from(JSON.stringify({ sub: "admin-1", groups: ["admin"] })).toString("base64url");

  expect(await findWrong(null, { "x-goog-iap-jwt-assertion": `${head}.${claims}.${tail}` })).toEqual([]);
  expect(await findWrong(null, { "x-forwarded-user": "admin-1", "x-goog-authenticated-user-email": "a@b" })).toEqual(
    [],
  );
});

for (const [group, held] of Object.entries(GROUPS)) {
  test(`each route gives somebody with the access “${group}” what that includes, and no more`, async () => {
    const headers = await world.headersOf({ subject: `${group}-1`, groups: [group] });

    expect(await findWrong({ held, isToken: false }, { ...headers, origin: world.product.url })).toEqual([]);
    expectUntouched();
  });
}

test("an answer of the API has no field but those that are written down, even for who may do everything", async () => {
  const api = await world.apiOf(ADMIN);
  const reading = ROUTES.filter(({ kind, answers }) => kind === "api" && answers.includes("GET"));
  const withFields = reading.filter(({ path }) => !WITHOUT_FIELDS.includes(path));
  const others: string[] = [];

  for (const route of withFields) {
    const { status, body } = await api.call<unknown>(callOf(route, "GET", subjects).path);
    const fields = fieldsOf(body);
    expect([route.path, status, fields.length > 5]).toEqual([route.path, 200, true]);
    others.push(
      ...fields.filter((name) => !ANSWER_FIELDS[route.path]?.includes(name)).map((name) => `${route.path}: ${name}`),
    );
  }

  expect(others).toEqual([]);
  expect(withFields.map(({ path }) => path).toSorted()).toEqual(Object.keys(ANSWER_FIELDS).toSorted());
});

test("a list holds what somebody may see and nothing else", async () => {
  const nobody = await world.apiOf({ subject: "no-role-1", groups: ["no-role"] });
  const scoped = await world.apiOf({ subject: "scoped-1", groups: ["unlocker-of-released"] });

  for (const path of ["/api/v1/locks", "/api/v1/locks/rows", "/api/v1/unlocks", "/api/v1/approvals"]) {
    const text = JSON.stringify((await nobody.call(path)).body);
    expect(text, path).not.toMatch(/by-role|payments|acme-/);
  }
  expect(JSON.stringify((await scoped.call("/api/v1/unlocks")).body)).toContain(RELEASED);
  expect(JSON.stringify((await scoped.call("/api/v1/locks/rows")).body)).not.toContain(STANDING);
});

test("a token does what it was made for, never more, and nothing once it is revoked", async () => {
  const admin = await world.apiOf(ADMIN);
  const made = await admin.post<{ token: { id: string }; secret: string }>("/api/v1/tokens", {
    name: "for the test",
    expiresInDays: 1,
    roles: ["viewer", "auditor"],
    accounts: ["billing-*"],
  });
  const headers = { authorization: `Bearer ${made.body.secret}` };
  const held: readonly Held[] = [
    { role: "viewer", where: "billing" },
    { role: "auditor", where: "billing" },
  ];

  expect(await findWrong({ held, isToken: true }, headers)).toEqual([]);
  expectUntouched();
  const revoked = await sendRaw(world.product.url, {
    method: "DELETE",
    path: `/api/v1/tokens/${made.body.token.id}`,
    headers: { ...(await world.headersOf(ADMIN)), origin: world.product.url, "content-type": "application/json" },
  });
  expect(revoked.status).toBeLessThan(300);
  expect(await findWrong(null, headers)).toEqual([]);
});
