import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/chromium.mjs";

// Nothing may leave this machine, not even the browser's own housekeeping.
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const executablePath = findChromium();
const isRoot = process.getuid?.() === 0;
const hasTerraform = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;

/** Files that take longest, most of it by waiting for a time limit of the product: they begin first, and others run meanwhile. */
const LONG = [
  "accessibility",
  "approval",
  "crash",
  "f25-sigterm",
  "failing",
  "hostile",
  "page-at-size",
  "restore",
  "unknown",
].map((name) => `${name}.spec.ts`);
const LEFT_OUT = [
  // `npm test` says so, and counts it: a failure in CI, elsewhere a skip.
  ...(hasTerraform ? [] : ["terraform.spec.ts"]),
  // A person's own configuration would be read in the place of the demo.
  ...(existsSync("lockkeeper.yaml") ? ["demo.spec.ts"] : []),
];

export default defineConfig({
  testDir: "e2e",
  projects: [
    { name: "long", testMatch: LONG },
    { name: "short", testIgnore: [...LONG, ...LEFT_OUT] },
  ],
  // One more than the processors of a small machine, since many wait.
  workers: 3,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  outputDir: "test-results",
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    // `--trace retain-on-failure` records one; always recording costs every test, and a failure says what the page held anyway.
    trace: "off",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: isRoot ? [...QUIET, "--no-sandbox"] : QUIET,
    },
  },
});
