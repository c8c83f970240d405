import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PRODUCT } from "./product.ts";

test("exports name the version that package.json has", () => {
  expect(PRODUCT.version).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
});
