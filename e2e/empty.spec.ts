import { expect, testIn } from "./fixtures.ts";
import { PAYMENTS } from "./world.ts";

const testEmpty = testIn();
const testUnreadable = testIn({
  accounts: [PAYMENTS],
  prepare: (sandbox) =>
    sandbox.addFault({
      match: { operation: ["ListObjectsV2", "Scan"] },
      effect: { kind: "status", status: 403, code: "AccessDenied" },
    }),
});

testEmpty(
  "without locks the page says so, and how many sources were read",
  async ({ world, page, expectAccessible }) => {
    await world.api.scan();

    await page.goto("/");

    await expect(page.getByText(/No locks\. 2 sources read/)).toBeVisible();
    await expectAccessible();
  },
);

testUnreadable(
  "when no source can be read the page gives the reasons and the IAM statement to add",
  async ({ world, page, expectAccessible }) => {
    await world.api.scan();

    await page.goto("/");

    await expect(page.getByText("No source could be read, so it is not known what is locked.")).toBeVisible();
    await expect(page.getByText("s3:ListBucket").first()).toBeVisible();
    await expectAccessible();
  },
);
