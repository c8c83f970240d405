import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";

const test = testIn();

test("filters live in the URL: they survive a reload, and a shared link shows the same", async ({ world, page }) => {
  await takeLock(world, { stateKey: "filters/network.tfstate", who: "alice@laptop" });
  await takeLock(world, { stateKey: "filters/database.tfstate", who: "bob@build-7", mechanism: "dynamodb" });
  await world.api.scan();
  await page.goto("/");
  await expect(page.getByRole("link", { name: /network/ })).toBeVisible();

  await page.getByRole("searchbox").fill("database");

  await expect(page.getByRole("link", { name: /network/ })).toBeHidden();
  await expect(page).toHaveURL(/q=database/);
  await page.reload();
  await expect(page.getByRole("searchbox")).toHaveValue("database");
  await expect(page.getByRole("link", { name: /database/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /network/ })).toBeHidden();

  await page.getByRole("searchbox").fill("");
  await expect(page.getByRole("link", { name: /network/ })).toBeVisible();
  await expect(page).not.toHaveURL(/q=/);
});
