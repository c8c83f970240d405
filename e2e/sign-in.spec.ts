import type { Page } from "@playwright/test";
import autocannon from "autocannon";
import { expect, testIn } from "./fixtures.ts";
import { CLIENT, type IdentityProvider, startIdentityProvider } from "./oidc-world.ts";
import { PAYMENTS, startWorld, type World } from "./world.ts";

const PASSWORD = "three-lost-umbrellas";
const ADMIN = "admin@acme.com";

const ROLES = [{ role: "viewer", people: ["new@acme.com"] }];
const withPasswords = testIn({ accounts: [PAYMENTS], access: { mode: "password", roles: ROLES, freshSignIn: "5m" } });

withPasswords(
  "the first administrator comes in by the start's link, adds somebody, revokes their token, and shuts them out again",
  async ({ page, world, browser, expectAccessible }) => {
    // Three sign-ins, each with a password that takes its time to be hashed, and four pages that axe looks at.
    withPasswords.slow();
    await page.goto("/unlocks");
    await expect(page).toHaveURL("/sign-in?next=%2Funlocks");
    await expectAccessible();

    await page.goto(firstLink(world));
    await page.getByLabel("E-mail address").fill(ADMIN);
    await setPassword(page);
    await expectAccessible();
    await page.getByRole("button", { name: "Set password" }).click();
    await page.getByRole("link", { name: "Sign in" }).click();
    await typePassword(page, ADMIN, "not-the-password");
    await expect(page.getByRole("alert").getByText("The e-mail address or the password is wrong.")).toBeVisible();
    await typePassword(page, ADMIN);
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();

    await page.goto("/people");
    await page.getByLabel("E-mail address").fill("new@acme.com");
    await page.getByRole("button", { name: "Add person" }).click();
    const link = await page.getByRole("figure", { name: "Link for new@acme.com" }).locator("pre").textContent();
    // The page is rendered again with them in it: axe is to see what stays.
    await expect(page.getByRole("listitem", { name: "new@acme.com" })).toBeVisible();
    await expect(page).toHaveTitle(/^People/);
    await expectAccessible();

    // Whatever address they claim, the one of the connection counts.
    const claim = { "x-forwarded-for": "198.51.100.7" };
    const context = await browser.newContext({ baseURL: world.product.url, extraHTTPHeaders: claim });
    const theirs = await context.newPage();
    await theirs.goto(link ?? "");
    await setPassword(theirs);
    await theirs.getByRole("button", { name: "Set password" }).click();
    await theirs.getByRole("link", { name: "Sign in" }).click();
    await typePassword(theirs, "new@acme.com");
    await theirs.waitForURL("/");
    expect((await context.request.get("/api/v1/people")).status()).toBe(403);

    const { people } = await (await page.request.get("/api/v1/people")).json();

    const added = people.find(({ email }: { email: string }) => email === "new@acme.com");

    expect(added.sessions).toMatchObject([{ ipAddress: "127.0.0.1" }]);

    const token = await useToken(theirs, world);
    await page.reload();
    await expectToWaitForScript(page);
    const tokens = page.getByRole("region", { name: "API tokens of everybody" });
    await expect(tokens.getByRole("listitem")).toHaveText(
      /^ci.*new@acme\.com.*viewer, wherever they may.*expires in (1 d|23 h).*made .*, used /,
    );
    await expectAccessible();
    await expectToShowWhereOneIs(page);
    await tokens.getByRole("button", { name: "Revoke ci of new@acme.com" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke ci" }).click();
    await expect(tokens).toContainText("Nobody has a token.");
    expect(await statusWith(world, token)).toBe(401);
    const cookies = [...(await page.context().cookies()), ...(await context.cookies())].map(({ value }) => value);
    expect(findIn(world.product.log(), [PASSWORD, token, link?.split("#")[1] ?? "no link", ...cookies])).toEqual([]);

    const row = page.getByRole("listitem", { name: "new@acme.com" });
    await row.getByRole("button", { name: "Disable" }).click();
    await expect(row.getByText("disabled")).toBeVisible();
    expect((await context.request.get("/api/v1/locks")).status()).toBe(401);
    await context.close();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("/sign-in");
    await page.goto("/people");
    await expect(page).toHaveURL("/sign-in?next=%2Fpeople");
  },
);

withPasswords(
  "before its script has come a page sends no password, least of all in an address",
  async ({ browser, world }) => {
    const context = await browser.newContext({ baseURL: world.product.url, javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of ["/sign-in", "/sign-in/password"]) {
      await page.goto(path);
      await expect(page.locator("form")).toHaveAttribute("method", "post");
      await page.locator("input[type=password]").first().fill(PASSWORD);
      await expect(page.locator("button[type=submit]")).toBeDisabled();
      await page.keyboard.press("Enter");
      expect(page.url()).toBe(`${world.product.url}${path}`);
    }
    await context.close();
  },
);

withPasswords(
  "a flood of sign-ins is cut off, and does not hold up whoever asks whether the process lives",
  async ({ world }) => {
    const flood = autocannon({
      url: `${world.product.url}/api/v1/sign-in/password`,
      connections: 20,
      overallRate: 50,
      duration: 3,
      method: "POST",
      // It claims another address with each connection, which must not help.
      headers: {
        "content-type": "application/json",
        origin: world.product.url,
        "x-forwarded-for": "198.51.100.7",
      },
      body: JSON.stringify({ email: "flooded@acme.com", password: "wrong-password-here" }),
    });
    const health = autocannon({ url: `${world.product.url}/healthz`, connections: 1, overallRate: 100, duration: 3 });
    const [tried, alive] = await Promise.all([flood, health]);

    expect(tried.statusCodeStats["401"]?.count).toBeLessThanOrEqual(5);
    expect(tried.statusCodeStats["429"]?.count).toBeGreaterThan(20);
    expect(tried.statusCodeStats["200"]).toBeUndefined();
    // How fast is for a quiet machine to say: see the figure in the report.
    withPasswords.info().annotations.push({ type: "health", description: JSON.stringify(alive.latency) });
    expect(Object.keys(alive.statusCodeStats)).toEqual(["200"]);
    expect(alive.errors).toBe(0);
  },
);

type OidcFixtures = { readonly provider: IdentityProvider };

const withProvider = testIn().extend<object, OidcFixtures & { readonly world: World }>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern.
    async ({}, use) => {
      const provider = await startIdentityProvider();
      await use(provider);
      await provider.close();
    },
    { scope: "worker" },
  ],
  world: [
    async ({ provider }, use) => {
      const oidc = { name: "Acme ID", issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret };
      const roles = [{ role: "admin", groups: ["platform"] }];
      const access = { mode: "oidc", oidc, roles, breakGlassPeople: ["glass@acme.com"], freshSignIn: "5m" };
      const world = await startWorld({ accounts: [PAYMENTS], access });
      provider.serve(world.product.url);
      await use(world);
      if (process.env["LOCKKEEPER_E2E_LOG"]) process.stderr.write(world.product.log());
      await world.close();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

withProvider.describe("at a provider", () => {
  withProvider.beforeEach(({ provider }) => {
    provider.setUp(true);
    provider.claims.groups = ["platform"];
  });
  withProvider.afterEach(({ world }) => {
    expect(findIn(world.product.log(), [CLIENT.secret, PASSWORD])).toEqual([]);
  });

  withProvider(
    "somebody signs in, has what their groups give, signs out there too, and loses what a group gave",
    async ({ browser, world, provider }) => {
      const context = await browser.newContext({ baseURL: world.product.url });
      const theirs = await context.newPage();
      await theirs.goto("/people");
      await theirs.getByRole("button", { name: "Sign in with Acme ID" }).click();
      await passProvider(theirs);
      await expect(theirs).toHaveURL("/people");
      await expect(theirs.getByRole("listitem", { name: "Riley Doe" })).toBeVisible();
      const [session] = (await context.cookies(world.product.url)).filter(({ name }) => name.includes("session"));
      expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
      expect((await context.request.get("/api/v1/locks")).status()).toBe(200);
      expect(findIn(world.product.log(), [session?.value ?? "no session"])).toEqual([]);

      await theirs.getByRole("button", { name: "Sign out" }).click();
      await theirs.getByRole("button", { name: "Sign out there" }).click();
      await theirs.waitForURL("/sign-in");
      expect((await context.request.get("/api/v1/locks")).status()).toBe(401);

      provider.claims.groups = [];
      provider.rotateKeys();
      await theirs.getByRole("button", { name: "Sign in with Acme ID" }).click();
      await passProvider(theirs);
      await theirs.waitForURL("/");
      expect((await context.request.get("/api/v1/people")).status()).toBe(403);

      await theirs.goto("/sign-in?again=1&next=/unlocks");
      await theirs.getByRole("button", { name: "Sign in again with Acme ID" }).click();
      await expect(theirs.getByRole("button", { name: "Continue as Riley" })).toBeVisible();
      await passProvider(theirs);
      await expect(theirs).toHaveURL("/unlocks");
      await context.close();
    },
  );

  withProvider(
    "while the provider is down the page says so, and only break-glass people come in",
    async ({ page, provider, world }) => {
      provider.setUp(false);
      await page.goto(firstLink(world));
      await page.getByLabel("E-mail address").fill("glass@acme.com");
      await setPassword(page);
      await page.getByRole("button", { name: "Set password" }).click();
      await page.getByRole("link", { name: "Sign in" }).click();
      await page.waitForURL("/sign-in");

      // It was asked not long ago, and is asked again soon.
      await expect(async () => {
        await page.reload();
        await expect(page.getByText("Acme ID does not answer right now.")).toBeVisible({ timeout: 500 });
      }).toPass();
      await page.getByRole("button", { name: "Sign in with Acme ID" }).click();
      await expect(page.getByRole("alert").getByText("The identity provider cannot be reached.")).toBeVisible();

      await typePassword(page, "glass@acme.com");
      await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    },
  );
});

function firstLink(world: World): string {
  const link = /^ {2}(http\S+\/sign-in\/first#\S+)$/m.exec(world.product.log())?.[1];
  if (link === undefined) throw new Error(`No link was printed:\n${world.product.log()}`);
  return link;
}

/** Makes a token as the person of the page, and asks with it, with a wrong one and with one beside a session. */
async function useToken(page: Page, world: World): Promise<string> {
  const headers = { origin: world.product.url };
  const data = { name: "ci", expiresInDays: 1, roles: ["viewer"] };
  const { secret } = await (await page.request.post("/api/v1/tokens", { headers, data })).json();
  expect(await Promise.all([secret, `${secret}x`].map((each) => statusWith(world, each)))).toEqual([200, 401]);
  return secret;
}

/** Those of the secrets that a text holds, as they are or as an address holds them. */
function findIn(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.filter((secret) => text.includes(secret) || text.includes(decodeURIComponent(secret)));
}

async function setPassword(page: Page): Promise<void> {
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
}

async function typePassword(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** What a script is answered that asks for the locks with a token. */
async function statusWith(world: World, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${world.product.url}/api/v1/locks`, { headers })).status;
}

/** What the server renders has no button that could be pressed in vain. */
async function expectToWaitForScript(page: Page): Promise<void> {
  const served = await (await page.request.get(page.url())).text();
  const buttons = /<main.*<\/main>/s.exec(served)?.[0].match(/<button[^>]*>/g) ?? [];
  expect(buttons).not.toEqual([]);
  expect(buttons.filter((button) => !button.includes('disabled=""'))).toEqual([]);
}

/** Also where not all pages of an administrator fit side by side. */
async function expectToShowWhereOneIs(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  const current = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "People" });
  await expect(current).toBeInViewport({ ratio: 1 });
  if (before !== null) await page.setViewportSize(before);
}

/** Until the provider is done asking: to sign in, and to agree. */
async function passProvider(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Continue as Riley" });
  await button.click();
  await page.waitForLoadState();
  if (await button.isVisible()) await button.click();
}
