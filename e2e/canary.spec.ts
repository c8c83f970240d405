import { generateKeyPairSync } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { startPostgres } from "#scripts/postgres.mjs";
import { expect, pageTest as test } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { type RawRequest, sendRaw } from "./raw-request.ts";
import { callOf, ROUTES, type Subjects } from "./route-table.ts";
import { EXTERNAL_ID, PAYMENTS, startWorld, type World } from "./world.ts";

const EXPORT_FORMATS = ["jsonl", "csv", "ocsf", "cef"];
const DIST = process.env["LOCKKEEPER_DIST_DIR"] ?? ".next";
const AWS_SECRET = "canary/aws/7Qm2xVt9Zb4KdWc1Ys8Lp5Rf3Hn6";
const WEBHOOK_SECRET = "canary-webhook-4Tz8Kp1Vw6Qd9Sx3Mb7";
/** The names stand for every value that a build on another machine could have had. */
const SECRET_VARIABLES = ["LOCKKEEPER_AUDIT_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "AWS_SECRET_ACCESS_KEY"];
const WHO = "canary-holder\n{@forged-line";
const REFUSED = {
  ...PAYMENTS,
  name: "refused",
  id: "444455556666",
  buckets: [],
  tables: ["refused-locks"],
};

test("no secret that the product is given appears in a page, an answer, its log or a file of the build", async () => {
  test.setTimeout(150_000);
  const postgres = await startPostgres();
  const { privateKey } = generateKeyPairSync("ed25519");
  const world = await startWorld({
    // The second account and the webhook fail, since messages of failures are where secrets get out.
    accounts: [PAYMENTS, { ...REFUSED, scanRole: { allow: [] } }],
    audit: { webhooks: [{ name: "siem", url: "http://127.0.0.1:9/events", secrets: [WEBHOOK_SECRET] }] },
    env: {
      AWS_SECRET_ACCESS_KEY: AWS_SECRET,
      LOCKKEEPER_AUDIT_KEY: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      ...(postgres !== null && { DATABASE_URL: postgres.url }),
    },
  });
  try {
    const secrets: Readonly<Record<string, string>> = {
      "the AWS secret key": AWS_SECRET,
      "the webhook's secret": WEBHOOK_SECRET,
      "the external ID": EXTERNAL_ID,
      ...formsOfKey(privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32)),
      ...(postgres !== null && { "the database's password": new URL(postgres.url).password }),
    };
    const found: string[] = [];
    const look = (where: string, text: string) =>
      found.push(
        ...Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [`${name}: ${where}`] : [])),
      );

    const answers = await askEverything(world);
    for (const { where, text } of answers) look(where, text);
    look("the log", world.product.log());
    expect(world.product.log(), "nor is the text of a lock, or why it was unlocked").not.toMatch(
      /canary-holder|To have a record/,
    );
    expectLogLines(world.product.log());
    for (const { where, text } of builtFiles()) look(where, text);

    expect(found).toEqual([]);
    // What proves that we looked at the real answers: what is no secret is in them.
    expect(answers.filter(({ text }) => text.includes("terraform-locks")).length).toBeGreaterThan(5);
    expect(world.product.log()).toContain("Lockkeeper started");
  } finally {
    await world.close();
    await postgres?.stop();
  }
});

test("no file for browsers names a variable that holds a secret", () => {
  const naming = builtFiles().flatMap(({ where, text }) =>
    SECRET_VARIABLES.filter((name) => text.includes(name)).map((name) => `${name}: ${where}`),
  );

  expect(naming).toEqual([]);
});

/** Each line is one JSON object with when, where and what; Next greets in lines of its own before the first of them. */
function expectLogLines(log: string): void {
  const lines = log.trimEnd().split("\n");
  const own = lines.slice(lines.findIndex((line) => line.startsWith("{"))).map((line) => JSON.parse(line));
  expect(own.length).toBeGreaterThan(5);
  for (const line of own) {
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
    expect(line).toMatchObject({
      time,
      level: expect.any(Number),
      host: hostname(),
      pid: expect.any(Number),
      msg: expect.any(String),
    });
  }
  expect(own.filter(({ requestId, actor }) => requestId !== undefined && actor !== undefined)).not.toEqual([]);
}

type Text = { readonly where: string; readonly text: string };

/** Every page, as HTML and as Next's own client asks for it, every answer of the API, and a few refusals. */
async function askEverything(world: World): Promise<Text[]> {
  const subjects = await prepare(world);
  const reads = ROUTES.filter(({ answers }) => answers.includes("GET")).map((route) => callOf(route, "GET", subjects));
  const post = (path: string, body: string): RawRequest => ({
    method: "POST",
    path,
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body,
  });
  const requests: RawRequest[] = [
    ...reads,
    ...reads.map((call) => ({ ...call, headers: { rsc: "1" } })),
    ...EXPORT_FORMATS.map((format) => ({ method: "GET", path: `/api/v1/audit?format=${format}` })),
    post("/api/v1/scans", JSON.stringify({ wait: true })),
    post("/api/v1/scans", "no JSON"),
    post("/api/v1/unlocks", "{}"),
    post("/api/v1/unlocks", JSON.stringify({ ...subjects.lock, reason: "To see what is answered." })),
    post(`/api/v1/unlocks/${subjects.unlockId}/restore`, JSON.stringify({ reason: "To see what is answered." })),
    { method: "GET", path: "/nothing-is-here", headers: { "user-agent": 'curl\u0085\\n{"level":30}' } },
    { method: "GET", path: "/api/v1/locks", headers: { host: "lockkeeper.example" } },
  ];
  const texts: Text[] = [];
  for (const asked of requests) {
    const { headers, body } = await sendRaw(world.product.url, asked);
    texts.push({ where: `${asked.method} ${asked.path}`, text: `${JSON.stringify(headers)}\n${body}` });
  }
  return texts;
}

async function prepare(world: World): Promise<Subjects> {
  await takeLock(world, { stateKey: "canary/first.tfstate", who: WHO });
  await takeLock(world, { stateKey: "canary/second.tfstate", who: WHO });
  expect((await world.api.scan()).map(({ status }) => status)).toContain("error");
  const [first, second] = [await world.api.lockAt("first.tfstate"), await world.api.lockAt("second.tfstate")];
  const unlocked = await world.api.unlock({
    key: first.key,
    lockId: first.lockId,
    fingerprint: first.fingerprint,
    reason: "To have a record to look at.",
  });
  expect(unlocked.body.outcome).toBe("released");
  const { key, lockId, fingerprint } = second;
  return { lock: { key, lockId, fingerprint }, unlockId: unlocked.body.id };
}

/** The seed in each form in which a careless answer could hold it; the PEM text ends in one of them. */
function formsOfKey(seed: Buffer): Record<string, string> {
  return {
    "the audit key as PEM": seed.subarray(-30).toString("base64"),
    "the audit key as base64": seed.toString("base64"),
    "the audit key as base64url": seed.toString("base64url"),
    "the audit key as hex": seed.toString("hex"),
  };
}

function builtFiles(): Text[] {
  return globSync("static/**/*.*", { cwd: DIST }).map((file) => ({
    where: file,
    text: readFileSync(join(DIST, file), "latin1"),
  }));
}
