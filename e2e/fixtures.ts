import AxeBuilder from "@axe-core/playwright";
import { test as base, type ConsoleMessage, expect, type Page } from "@playwright/test";
import { startWorld, type World, type WorldOptions } from "./world.ts";

export { expect };

type PageFixtures = {
  /** Fails the test on any axe finding on the page as it stands. */
  readonly expectAccessible: () => Promise<void>;
};
type PageOptions = {
  /** Of an identity provider: other hosts are never asked. */
  readonly otherOrigins: readonly string[];
};
type WorldFixtures = { readonly world: World };
type PageWatch = { readonly console: string[]; readonly foreign: string[] };

/** The test function of a file whose tests share one world: a sandbox and the built product, started once per worker. */
export function testIn(options?: WorldOptions) {
  return pageTest.extend<object, WorldFixtures>({
    world: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern.
      async ({}, use, workerInfo) => {
        const world = await startWorld(options);
        await use(world);
        if (process.env["LOCKKEEPER_E2E_LOG"])
          process.stderr.write(`worker ${workerInfo.workerIndex}\n${world.product.log()}`);
        await world.close();
      },
      { scope: "worker", timeout: 90_000 },
    ],
    baseURL: async ({ world }, use) => use(world.product.url),
  });
}

/** A page on which an error in the console, a dialog or a request to another host fails the test. */
export const pageTest = base.extend<PageFixtures & PageOptions>({
  otherOrigins: [[], { option: true }],
  page: async ({ page, baseURL, otherOrigins }, use) => {
    const watch: PageWatch = { console: [], foreign: [] };
    watchPage(page, [...otherOrigins, ...(baseURL === undefined ? [] : [new URL(baseURL).origin])], watch);
    await use(page);
    expect.soft(watch.console, "the page writes no error to the console").toEqual([]);
    expect.soft(watch.foreign, "the page asks no other host").toEqual([]);
  },
  expectAccessible: async ({ page }, use) =>
    use(async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.target.join(" ")) }))).toEqual([]);
    }),
});

function watchPage(page: Page, origins: readonly string[], watch: PageWatch): void {
  page.on("console", (message) => {
    if ((message.type() === "error" || message.type() === "warning") && !isRefused(message)) {
      watch.console.push(message.text());
    }
  });
  page.on("pageerror", (error) => watch.console.push(String(error)));
  page.on("dialog", (dialog) => {
    watch.console.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!origins.includes(url.origin) && !["data:", "blob:"].includes(url.protocol)) watch.foreign.push(request.url());
  });
}

/** What is not unlocked, put back or signed in answers 4xx by contract, and Chromium writes each of them to the console. */
function isRefused(message: ConsoleMessage): boolean {
  return (
    /^Failed to load resource: .* status of (401|403|404|409|410|422|502|503) /.test(message.text()) &&
    /\/api\/v1\/(unlocks(\/\w+\/restore)?|sign-in\/[\w-]+)$/.test(message.location().url)
  );
}
