import { expect, testIn } from "./fixtures.ts";

const test = testIn();

test("without locks the page says so, and how many sources were read", async ({ world, page, expectAccessible }) => {
  await world.api.scan();

  await page.goto("/");

  await expect(page.getByText(/No locks\./)).toBeVisible();
  await expect(page.getByText(/2 sources read/)).toBeVisible();
  await expectAccessible();
});

test("when every source fails the page gives the reasons and the statement to add", async ({
  world,
  page,
  expectAccessible,
}) => {
  world.sandbox.addFault({ match: {}, effect: { kind: "status", status: 403, code: "AccessDenied" } });
  await world.api.scan();

  await page.goto("/");

  await expect(page.getByText(/2 of 2 sources could not be read/)).toBeVisible();
  await expect(page.getByText("s3:ListBucket").first()).toBeVisible();
  await expectAccessible();
});
