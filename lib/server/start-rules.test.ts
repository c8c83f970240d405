import { expect, test } from "vitest";
import { toAccessConfig } from "./config/access-config.ts";
import type { Config } from "./config/config.ts";
import { type Env, parseEnv } from "./env.ts";
import { findStartProblems } from "./start-rules.ts";

function envOf(variables: Readonly<Record<string, string>>): Env {
  const parsed = parseEnv(variables);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.env;
}

function configOf(mode: "local" | "password" | "proxy"): Config {
  return {
    accounts: [],
    scan: { everyMs: 60_000, coldEveryMs: 0 },
    restore: { windowMs: 0 },
    audit: { checkpoints: {}, webhooks: [] },
    access: toAccessConfig({ mode }),
  };
}

test.each(["0.0.0.0", "::", "10.0.0.7", "lockkeeper.example", "127.0.0.1.nip.io"])(
  "local mode does not start on %s, and says why",
  (host) => {
    const env = envOf({ LOCKKEEPER_HOST: host });

    expect(findStartProblems({ env, config: configOf("local") })).toEqual([
      expect.stringContaining("whoever reaches it may do everything"),
    ]);
    expect(findStartProblems({ env, config: null })).toHaveLength(1);
  },
);

test("a mode in which people sign in may listen anywhere, at one https address", () => {
  const env = envOf({ LOCKKEEPER_HOST: "0.0.0.0", PUBLIC_URL: "https://lockkeeper.example" });

  expect(findStartProblems({ env, config: configOf("password") })).toEqual([]);
});

test.each([
  [{}, "PUBLIC_URL must be set"],
  [{ PUBLIC_URL: "http://lockkeeper.example" }, "must be https"],
  [{ PUBLIC_URL: "http://localhost.example" }, "must be https"],
])("people cannot sign in with %j", (variables, problem) => {
  expect(findStartProblems({ env: envOf(variables), config: configOf("password") })).toEqual([
    expect.stringContaining(problem),
  ]);
});

test.each(["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"])(
  "a trial on this machine may be plain http: %s",
  (url) => {
    expect(findStartProblems({ env: envOf({ PUBLIC_URL: url }), config: configOf("password") })).toEqual([]);
  },
);

test("several replicas need a database that they can share", () => {
  const alone = envOf({ LOCKKEEPER_REPLICAS: "2" });
  const shared = envOf({ LOCKKEEPER_REPLICAS: "2", DATABASE_URL: "postgres://db/lockkeeper" });

  expect(findStartProblems({ env: alone, config: configOf("local") })).toEqual([
    expect.stringContaining("embedded database"),
  ]);
  expect(findStartProblems({ env: shared, config: configOf("local") })).toEqual([]);
  // The sandbox keeps to its own embedded database whatever DATABASE_URL says.
  expect(findStartProblems({ env: shared, config: null })).toHaveLength(1);
});
