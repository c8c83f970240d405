import { expect, test } from "vitest";
import { ACCOUNT, complaints, FULL, read, withBucket } from "./config-texts.ts";

function reference(name: string): string {
  return `\${env:${name}}`;
}

const SECRET = "a-secret-of-the-webhook-0";

test("a missing environment variable is one error that names line and variable", () => {
  expect(complaints(FULL, { LOCKKEEPER_WEBHOOK_SECRET: SECRET })).toEqual([
    "lockkeeper.yaml:8:17 accounts[0].externalId: the environment variable LOCKKEEPER_EXTERNAL_ID is not set. " +
      "Set LOCKKEEPER_EXTERNAL_ID before Lockkeeper starts.",
  ]);
});

test("a file reference gives the file's text without its last line end", () => {
  const text = withBucket("abc").replace("buckets", "externalId: $" + "{file:/run/secrets/ext}\n    buckets");

  const parsed = read(text, {}, { "/run/secrets/ext": "from-file\n" });

  expect(parsed.ok && parsed.config.accounts[0]?.externalId).toBe("from-file");
});

test.each(["$" + "{env:}", "$" + "{vault:x}", "$" + "{file:relative}", "$" + "{env:OPEN", "$" + "{HOME}"])(
  "%s is refused as a reference that cannot be read",
  (bad) => {
    const text = `${withBucket("abc")}    externalId: '${bad}'\n`;

    expect(complaints(text, { HOME: "/root", OPEN: "x" }).join()).toContain("has a reference that cannot be read");
  },
);

test("a value from the environment cannot add structure and is not searched for references", () => {
  const hostile = `x, prefix: y }]\nscan: { every: 1h }\n# ${reference("OTHER")}`;
  const text = `${ACCOUNT}    buckets: [{ name: abc, prefix: "${reference("PREFIX")}" }]\n`;

  const parsed = read(text, { PREFIX: hostile, OTHER: "leak" });

  expect(parsed.ok && parsed.config.accounts[0]?.buckets).toEqual([
    { name: "abc", prefix: hostile, region: "eu-west-1" },
  ]);
});

test("keys are never taken from the environment", () => {
  expect(complaints(`${withBucket("abc")}    ${reference("KEY")}: x\n`, { KEY: "region" }).join()).toContain(
    "unknown key",
  );
});

test("a value from the environment or a file is never printed", () => {
  const text = FULL.replaceAll(
    /: (payments-prod|"1.*"|eu-west-1|arn.*|acme.*|http.*|5m|30m|lockkeeper.*|siem|eu-central-1|audit-ext)$/gm,
    `: ${reference("SECRET")}`,
  );

  const lines = complaints(text, {
    SECRET: "S3CR3T value",
    LOCKKEEPER_EXTERNAL_ID: "S3CR3T value",
    LOCKKEEPER_WEBHOOK_SECRET: "S3CR3T value",
  });

  expect(lines.length).toBeGreaterThan(16);
  expect(lines.join("\n")).not.toContain("S3CR3T");
});

test("a numeric external id or secret is not repeated in the hint", () => {
  expect(complaints(`${withBucket("abc")}    externalId: 123456\n`).join()).not.toContain("123456");
  const webhook = `audit: { webhooks: [{ name: siem, url: "https://siem.example", secrets: [123456] }] }`;
  expect(complaints(`${withBucket("abc")}${webhook}\n`).join()).not.toContain("123456");
});
