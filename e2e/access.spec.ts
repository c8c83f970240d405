import { request as httpRequest } from "node:http";
import { expect, testIn } from "./fixtures.ts";
import { hasS3Half, sentDeletes, takeLock } from "./locks.ts";

const test = testIn();

const FOREIGN_HOSTS = ["lockkeeper.example", "127.0.0.1.example", "0.0.0.0", "10.0.0.7:3000", "[::2]"];

for (const host of FOREIGN_HOSTS) {
  test(`a request for the host ${host} is refused, for pages and API alike`, async ({ world }) => {
    for (const path of ["/", "/api/v1/locks", "/api/v1/audit"]) {
      expect(await statusOf(world.product.url, path, { host })).toBe(403);
    }
  });
}

test("an unlock that another origin sends is refused and deletes nothing", async ({ world }) => {
  const stateKey = "access/origin.tfstate";
  await takeLock(world, { stateKey });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
  const body = { key, lockId, fingerprint, reason: "A page of another origin asks." };

  for (const origin of ["http://127.0.0.1:9", "https://evil.example", "null"]) {
    const answer = await world.api.post("/api/v1/unlocks", body, { origin, "idempotency-key": crypto.randomUUID() });
    expect(answer.status).toBe(403);
  }

  expect(sentDeletes(world)).toEqual([]);
  expect(hasS3Half(world, stateKey)).toBe(true);
});

test("a form of another site cannot reach the API, since only JSON is taken", async ({ world }) => {
  const answer = await fetch(`${world.product.url}/api/v1/scans`, {
    method: "POST",
    body: "wait=true",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });

  expect(answer.status).toBe(403);
});

test("no page may be framed, and none may load from elsewhere", async ({ world }) => {
  const { headers } = await fetch(world.product.url);

  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("content-security-policy")).not.toMatch(/https?:|\*|unsafe-eval/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).not.toBeNull();
});

test("the product listens on loopback only", async ({ world }) => {
  const port = new URL(world.product.url).port;
  const { networkInterfaces } = await import("node:os");
  const outer = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter((one) => !one.internal && one.family === "IPv4"),
  );

  for (const { address } of outer) {
    await expect(fetch(`http://${address}:${port}/healthz`)).rejects.toThrow("fetch failed");
  }
});

/** The status of a request whose Host header is not the one of its address; fetch would correct it. */
function statusOf(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}${path}`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.once("error", reject);
    sent.end();
  });
}
