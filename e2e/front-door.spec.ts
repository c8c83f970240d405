import { request } from "node:http";
import { expect, testIn } from "./fixtures.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "./raw-request.ts";
import { ROUTES } from "./route-table.ts";
import { PAYMENTS, startWorld, type World } from "./world.ts";

const test = testIn();

const JSON_TYPE = { "content-type": "application/json", "idempotency-key": "front-door" };

test("a method that nobody uses is refused on every route", async ({ world }) => {
  for (const { path } of ROUTES) {
    const answer = await send(world, { method: "TRACE", path: fill(path, "x") });

    expect(answer.status, path).toBe(405);
    expect(answer.headers).toHaveProperty("allow");
    expectOwnWords(answer, path);
  }
});

test("an address that does not decode is a bad request on every route", async ({ world }) => {
  for (const { path } of ROUTES) {
    for (const segment of ["%zz", "%c0%af", "%", "%00"]) {
      const target = path.includes("[") ? fill(path, segment) : `${path}/${segment}`;
      const answer = await send(world, { method: "GET", path: target });

      expect(answer.status, target).toBe(400);
      expectOwnWords(answer, path);
    }
  }
});

test("no address makes an answer whose headers are larger than clients take", async ({ world }) => {
  for (const filler of ["a", '"', "%20", "{", "'", "\\"]) {
    for (const end of ["", "/", "//", "?"]) {
      const path = `/${filler.repeat(Math.floor(6_000 / filler.length))}${end}`;
      const { status } = await send(world, { method: "GET", path });

      expect([308, 404, 414], `${filler} ${end}`).toContain(status);
    }
  }
});

for (const { path, bytesMax } of [
  { path: "/api/v1/scans", bytesMax: 64 * 1024 },
  { path: "/api/v1/unlocks/x/restore", bytesMax: 64 * 1024 },
  { path: "/api/v1/unlocks", bytesMax: 512 * 1024 },
]) {
  test(`${path} reads ${bytesMax} bytes and not one more, announced or not`, async ({ world }) => {
    const longest = JSON.stringify("x".repeat(bytesMax - 2));

    for (const isAnnounced of [true, false]) {
      const read = await post(world, { path, body: longest, isAnnounced });
      expect(read.status).toBe(422);
      const refused = await post(world, { path, body: `${longest} `, isAnnounced });
      expect(refused.status).toBe(413);
      expect(JSON.parse(refused.body)).toMatchObject({ error: { code: "too_large", requestId: expect.any(String) } });
    }
    // Far beyond what Next lets through, which cuts it off.
    const cut = await post(world, { path, body: "x".repeat(12_000_000), isAnnounced: false });
    expect(cut.status).toBe(413);
  });
}

test("browsers are told to stay on https where PUBLIC_URL is https, and only there", async ({ world }) => {
  test.setTimeout(120_000);
  const behindTls = await startWorld({ accounts: [PAYMENTS], env: { PUBLIC_URL: "https://lockkeeper.example" } });
  try {
    for (const path of ["/", "/api/v1/locks", "/healthz", "/%zz"]) {
      const told = { "strict-transport-security": "max-age=63072000; includeSubDomains" };
      expect((await send(behindTls, { method: "GET", path })).headers, path).toMatchObject(told);
      expect((await send(world, { method: "GET", path })).headers, path).not.toHaveProperty(
        "strict-transport-security",
      );
    }
  } finally {
    await behindTls.close();
  }
});

function send(world: World, asked: RawRequest): Promise<RawAnswer> {
  return sendRaw(world.product.url, asked);
}

/** Posts JSON, with its length or in chunks whose number nobody knows. */
function post(world: World, sent: { path: string; body: string; isAnnounced: boolean }): Promise<RawAnswer> {
  const { path, body, isAnnounced } = sent;
  if (isAnnounced) return send(world, { method: "POST", path, headers: JSON_TYPE, body });
  return new Promise((resolve, reject) => {
    const chunked = request(`${world.product.url}${path}`, { method: "POST", headers: JSON_TYPE }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    chunked.on("error", reject);
    // A first write without the end is what makes Node send chunks.
    chunked.write(body.slice(0, 1));
    chunked.end(body.slice(1));
  });
}

/** Nothing but our sentence; under /api/ in the form of every error. */
function expectOwnWords({ body, headers }: RawAnswer, path: string): void {
  expect(body).not.toMatch(/node_modules|\.next|\bat [\w.]+ \(|Error:/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  if (path.startsWith("/api/"))
    expect(JSON.parse(body)).toMatchObject({ error: { code: "invalid", hint: expect.any(String) } });
}

function fill(path: string, segment: string): string {
  return path.replace(/\[\w+\]/, segment);
}
