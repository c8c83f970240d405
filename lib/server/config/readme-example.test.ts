import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { complaints } from "./config-texts.ts";

test("the example in the README is a valid configuration", () => {
  const readme = readFileSync("README.md", "utf8");
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];

  expect(example).toContain("accounts:");
  const env = { LOCKKEEPER_EXTERNAL_ID: "example", LOCKKEEPER_WEBHOOK_SECRET: "example of enough length" };
  expect(complaints(example ?? "", env)).toEqual([]);
});

test("the policies in the README are JSON", () => {
  const blocks = [...readFileSync("README.md", "utf8").matchAll(/```json\n([\s\S]*?)```/g)];

  expect(blocks).toHaveLength(4);
  for (const [, json] of blocks) expect(JSON.parse(json ?? "")).toMatchObject({ Version: "2012-10-17" });
});
