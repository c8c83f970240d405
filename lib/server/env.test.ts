import fc from "fast-check";
import { expect, test } from "vitest";
import { isLoopbackHost, parseEnv } from "#lib/server/env.ts";

test("an empty environment gives the documented defaults", () => {
  expect(parseEnv({})).toEqual({
    ok: true,
    env: {
      configFile: "lockkeeper.yaml",
      isConfigFileNamed: false,
      dataDir: ".lockkeeper",
      host: "127.0.0.1",
      port: 3000,
      replicas: 1,
      trustedProxies: 0,
      logLevel: "info",
    },
  });
});

test("every variable is read, and an empty one counts as unset", () => {
  const parsed = parseEnv({
    LOCKKEEPER_CONFIG: "/etc/lockkeeper.yaml",
    DATABASE_URL: "postgresql://u@h/db",
    LOCKKEEPER_DATA_DIR: "",
    LOCKKEEPER_AUDIT_KEY_FILE: "/run/secrets/audit.pem",
    LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE: "/run/secrets/before.pem",
    LOCKKEEPER_HOST: "::1",
    PORT: "0",
    PUBLIC_URL: "http://localhost:8080/",
    LOCKKEEPER_SECRET: "a secret of thirty-two characters",
    LOCKKEEPER_TRUSTED_PROXIES: "2",
    LOG_LEVEL: "debug",
  });

  expect(parsed).toEqual({
    ok: true,
    env: {
      configFile: "/etc/lockkeeper.yaml",
      isConfigFileNamed: true,
      databaseUrl: "postgresql://u@h/db",
      dataDir: ".lockkeeper",
      auditKeyFile: "/run/secrets/audit.pem",
      auditPreviousKeyFile: "/run/secrets/before.pem",
      host: "::1",
      port: 0,
      replicas: 1,
      trustedProxies: 2,
      publicUrl: "http://localhost:8080",
      secret: "a secret of thirty-two characters",
      logLevel: "debug",
    },
  });
});

test("the shell's HOSTNAME never becomes the address to listen on", () => {
  expect(parseEnv({ HOSTNAME: "build-host" })).toMatchObject({ ok: true, env: { host: "127.0.0.1" } });
});

test.each(["127.0.0.1", "127.8.9.10", "::1", "localhost"])("%s is a loopback host", (host) => {
  expect(parseEnv({ LOCKKEEPER_HOST: host })).toMatchObject({ ok: true, env: { host } });
});

test.each(["[::1]", " localhost", "a b", "http://localhost"])("%s is no host to listen on", (host) => {
  expect(parseEnv({ LOCKKEEPER_HOST: host })).toMatchObject({
    ok: false,
    problems: [expect.stringContaining("Write 127.0.0.1")],
  });
});

test.each(["0.0.0.0", "::", "10.0.0.1", "127.evil.example", "127.0.0.1.nip.io", "localhost.example"])(
  "%s is no loopback host",
  (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  },
);

test.each([
  ["LOCKKEEPER_SECRET", "S3CR3T"],
  ["LOCKKEEPER_TRUSTED_PROXIES", "all"],
  ["PORT", "http"],
  ["PORT", "70000"],
  ["PORT", "-1"],
  ["LOCKKEEPER_REPLICAS", "0"],
  ["LOCKKEEPER_REPLICAS", "many"],
  ["PUBLIC_URL", "lockkeeper.example"],
  ["PUBLIC_URL", "ftp://h"],
  ["PUBLIC_URL", "http://h/path"],
  ["PUBLIC_URL", "http://user@h"],
  ["LOG_LEVEL", "loud"],
  ["LOCKKEEPER_AUDIT_KEY", "/path/to/S3CR3T.pem"],
  ["LOCKKEEPER_AUDIT_KEY_FILE", "-----BEGIN PRIVATE KEY-----\nS3CR3T"],
  ["LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE", "-----BEGIN PRIVATE KEY-----\nS3CR3T"],
  ["DATABASE_URL", "mysql://u:S3CR3T@h/db"],
])("%s=%s is refused with a sentence that names the variable and never the value", (name, value) => {
  const parsed = parseEnv({ [name]: value });

  const text = parsed.ok ? "" : parsed.problems.join("\n");
  expect(text).toMatch(new RegExp(`^${name} must .+\\.$`));
  expect(text).not.toContain("S3CR3T");
});

test("the signing key comes from one place only", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nS3CR3T\n-----END PRIVATE KEY-----\n";

  expect(parseEnv({ LOCKKEEPER_AUDIT_KEY: pem })).toMatchObject({ ok: true, env: { auditKey: pem } });
  expect(parseEnv({ LOCKKEEPER_AUDIT_KEY: pem, LOCKKEEPER_AUDIT_KEY_FILE: "/run/audit.pem" })).toEqual({
    ok: false,
    problems: [
      expect.stringContaining("LOCKKEEPER_AUDIT_KEY must not be set together with LOCKKEEPER_AUDIT_KEY_FILE."),
    ],
  });
});

test("several wrong variables are all reported", () => {
  const parsed = parseEnv({ PORT: "x", LOG_LEVEL: "x" });

  expect(parsed.ok ? [] : parsed.problems).toHaveLength(2);
});

test("no environment makes the parser throw", () => {
  const names = fc.constantFrom(
    "PORT",
    "PUBLIC_URL",
    "LOCKKEEPER_HOST",
    "DATABASE_URL",
    "LOG_LEVEL",
    "LOCKKEEPER_CONFIG",
    "LOCKKEEPER_AUDIT_KEY",
    "LOCKKEEPER_AUDIT_KEY_FILE",
  );

  fc.assert(
    fc.property(fc.dictionary(names, fc.string({ unit: "binary" })), (variables) => {
      expect(typeof parseEnv(variables).ok).toBe("boolean");
    }),
  );
});
