import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const SOURCES = ["lib/**", "components/**", "app/**", "sandbox/**", "scripts/**", "e2e/**"];
const INTEGRATION = ["lib/**/*.integration.test.ts"];
/** What one of the stores alone is asked: a folder to lock, a server to share, a question in which the store has no part. */
const ONE_STORE = ["lib/**/*.embedded.test.ts", "lib/**/*.postgres.test.ts"];
const SOAK = ["lib/**/*.soak.test.ts", "sandbox/**/*.soak.test.ts", "scripts/**/*.soak.test.ts"];

const shared = {
  // Next resolves this package by condition; outside Next its index throws on purpose.
  alias: { "server-only": resolve("node_modules/server-only/empty.js") },
};

/** How long a condition may take says nothing about the product, and on a busy machine it may be long; vitest gives it a second. */
const PATIENT = { poll: { timeout: 15_000, interval: 10 } };

/**
 * A worker goes on with the next file: one for each of 370 files loads the same modules again and again, for two fifths of the whole
 * time. So no test may leave anything behind in a module or in the process; `--sequence.shuffle.files` finds one that does.
 */
const SHARED_WORKERS = false;

/** The same suite runs on both stores; LOCKKEEPER_TEST_DATABASE says which one a run is about. */
function integration(database: "embedded" | "postgres") {
  return {
    resolve: shared,
    test: {
      name: `integration-${database}`,
      include: [...INTEGRATION, `lib/**/*.${database}.test.ts`],
      env: { LOCKKEEPER_TEST_DATABASE: database },
      isolate: SHARED_WORKERS,
      setupFiles: ["scripts/vitest/expect-quiet-console.ts"],
      expect: PATIENT,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
}

export default defineConfig({
  test: {
    // One more than the processors of a small machine: what waits for a time limit leaves its processor to others.
    maxWorkers: 3,
    projects: [
      {
        resolve: shared,
        test: {
          name: "unit",
          isolate: SHARED_WORKERS,
          include: SOURCES.map((folder) => `${folder}/*.test.{ts,tsx}`),
          exclude: ["**/node_modules/**", ...INTEGRATION, ...ONE_STORE, ...SOAK],
          setupFiles: ["scripts/vitest/expect-quiet-console.ts"],
          expect: PATIENT,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      integration("embedded"),
      integration("postgres"),
      {
        resolve: shared,
        test: { name: "soak", include: SOAK, expect: PATIENT, testTimeout: 3_600_000, hookTimeout: 120_000 },
      },
    ],
  },
});
