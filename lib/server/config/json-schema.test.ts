import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configSchemaText, hintAt, keysAt } from "./json-schema.ts";

test("the published JSON Schema is current (npm run config:schema writes it)", () => {
  expect(JSON.parse(readFileSync("docs/lockkeeper.schema.json", "utf8"))).toEqual(JSON.parse(configSchemaText()));
});

test("every key has a hint of its own that says what to write", () => {
  const paths = [
    [],
    ["accounts", 0],
    ["accounts", 0, "buckets", 0],
    ["accounts", 0, "tables", 0],
    ["scan"],
    ["restore"],
    ["audit"],
    ["audit", "checkpoints"],
    ["audit", "checkpoints", "bucket"],
    ["audit", "webhooks", 0],
    ["access"],
  ];
  const keys = paths.flatMap((path) => keysAt(path).map((key) => [...path, key]));

  expect(keys.length).toBeGreaterThan(30);
  for (const path of keys) expect(hintAt(path), path.join(".")).toMatch(/^Write .+\.$/);
});

test("an editor accepts a reference wherever text may stand", () => {
  const schema = JSON.parse(readFileSync("docs/lockkeeper.schema.json", "utf8"));
  const account = schema.properties.accounts.items.properties;
  const { checkpoints, webhooks } = schema.properties.audit.properties;
  const patterns = [
    account.name,
    account.id,
    account.region,
    account.scanRoleArn,
    account.externalId,
    account.endpoints.properties.s3,
    checkpoints.properties.bucket.properties.endpoint,
    webhooks.items.properties.url,
    webhooks.items.properties.secrets.items,
  ];

  for (const { pattern } of patterns) expect("$" + "{env:NAME}").toMatch(new RegExp(pattern, "u"));
});
