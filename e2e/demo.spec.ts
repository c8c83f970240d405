import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApi } from "./api.ts";
import { expect, pageTest } from "./fixtures.ts";
import { type Product, startProduct } from "./product.ts";

const test = pageTest.extend<object, { readonly product: Product }>({
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern.
    async ({}, use) => {
      const dataDir = mkdtempSync(join(tmpdir(), "lockkeeper-demo-"));
      const product = await startProduct({ configFile: null, dataDir, env: {} });
      await use(product);
      await product.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 90_000 },
  ],
  baseURL: async ({ product }, use) => use(product.url),
});

test("without a configuration the first page shows the demo, and says that it is one", async ({
  product,
  page,
  expectAccessible,
}) => {
  await createApi(product.url).scan();

  await page.goto("/");

  await expect(page.getByText(/Demo data from the built-in sandbox/)).toBeVisible();
  await expect(page.getByRole("link", { name: /checkout\/prod/ })).toBeVisible();
  await expect(page.getByText("1 of 6 sources could not be read")).toBeVisible();
  await expectAccessible();
});
