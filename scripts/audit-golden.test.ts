import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { verifyExport } from "./audit-verify.mjs";

const FOLDER = "docs/audit-format";

/** Never to be edited: what was once written must verify for ever. A new format gets a new folder and a new entry. */
const GOLDEN = {
  v1: {
    events: 12,
    checkpoints: 5,
    "checkpoints.txt": "8ac00b23e95351ddd3a55966909370d2f4f9678e4f64749b190ef84277ac5616",
    "export.jsonl": "78a52eced7203beed399c8dfb679b963701927a7dd45003a81083e90e3e6be93",
    "keys.txt": "7918818c117b30eb3c7b4701e530810f2073a7b058ae40b34591e0dd70165511",
  },
} as const;

const FILES = ["checkpoints.txt", "export.jsonl", "keys.txt"] as const;
const versions = Object.entries(GOLDEN);

test("no golden export was added or taken away", () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());

  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(GOLDEN));
});

test.each(versions)("the golden files of %s are as they were when they were made", (version, golden) => {
  expect(readdirSync(`${FOLDER}/${version}`).sort()).toEqual(FILES);
  for (const file of FILES) {
    const bytes = readFileSync(`${FOLDER}/${version}/${file}`);
    expect(createHash("sha256").update(bytes).digest("hex"), `${file} must never be changed`).toBe(golden[file]);
  }
});

test.each(versions)(
  "the golden export of %s verifies with its first key and all its checkpoints",
  async (version, golden) => {
    const read = (name: string) => ({ name, text: readFileSync(`${FOLDER}/${version}/${name}`, "utf8") });

    const verdict = await verifyExport([readFileSync(`${FOLDER}/${version}/export.jsonl`)], {
      keys: [read("keys.txt")],
      checkpoints: [read("checkpoints.txt")],
    });

    expect(verdict).toMatchObject({
      verdict: "verified",
      events: golden.events,
      keys: [{ rotationSeq: null }, { rotationSeq: 8 }],
      checkpoints: { count: golden.checkpoints, sizeMax: golden.events },
      notices: [],
    });
  },
);

test("the golden export quotes text that ends lines and steers terminals, on one plain line each", () => {
  const text = readFileSync(`${FOLDER}/v1/export.jsonl`, "utf8");
  const lines = text.trimEnd().split("\n");

  expect(lines).toHaveLength(12);
  expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(lines[3] ?? "").event.details.reason).toMatch(/grüße\n.*\r\n.*\u2029.*\ud800/s);
});
