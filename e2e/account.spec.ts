import { expect, testIn } from "./fixtures.ts";

const test = testIn();

test("in local mode the account page says who is recorded, and that nothing has to be signed in to", async ({
  page,
}) => {
  await page.goto("/account");

  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
  await expect(page.getByText("whoever is at this machine may do everything")).toBeVisible();
  await expect(page.getByRole("button", { name: "Make a token" })).toHaveCount(0);
});

test("in local mode there are no tokens, and the API says that none is needed", async ({ world }) => {
  const listed = await fetch(`${world.product.url}/api/v1/tokens`);
  expect(listed.status).toBe(200);
  expect(await listed.json()).toEqual({ tokens: [] });

  const made = await world.api.post("/api/v1/tokens", { name: "ci", expiresInDays: 1, roles: ["viewer"] });
  expect(made.status).toBe(422);
  expect(made.body).toMatchObject({
    error: { code: "invalid", hint: expect.stringContaining("None is needed") },
  });
});

test("who asks is never in the body: a token for somebody else is refused as a whole", async ({ world }) => {
  const owner = { issuer: "https://idp.example", subject: "victim" };
  const made = await world.api.post("/api/v1/tokens", { name: "ci", expiresInDays: 1, roles: ["viewer"], owner });

  expect(made.status).toBe(422);
  expect(made.body).toMatchObject({ error: { message: expect.stringContaining("owner") } });
});
