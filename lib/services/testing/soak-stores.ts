import { vi } from "vitest";

/** The stores a soak test runs on: the server only where there is one, as in the rest of the tests. */
export const SOAK_STORES: readonly ("embedded" | "postgres")[] =
  process.env["LOCKKEEPER_TEST_POSTGRES_URL"] === undefined ? ["embedded"] : ["postgres", "embedded"];

/** Makes every database that is opened from now on, until the test ends, one of this store. */
export function useStore(store: "embedded" | "postgres"): void {
  vi.stubEnv("LOCKKEEPER_TEST_DATABASE", store);
}

/** Prints a figure that the documentation may quote. */
export function printFigure(name: string, figure: unknown): void {
  process.stdout.write(`${name}: ${JSON.stringify(figure)}\n`);
}
