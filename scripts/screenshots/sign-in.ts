import type { Browser, Page } from "@playwright/test";
import { CLIENT, startIdentityProvider } from "#e2e/oidc-world.ts";
import { PAYMENTS, startWorld, type World } from "#e2e/world.ts";
import { ALL_LOOKS, type Look, save, takePage, withPage } from "./camera.ts";

const PASSWORD = "three-lost-umbrellas";
const ADMIN = "riley@acme.com";

/** The pages before and around sign-in, with passwords and at a provider. */
export async function takeSignIn(browser: Browser): Promise<void> {
  const roles = [{ role: "unlocker", people: ["sam@acme.com"], accounts: ["payments-*"] }];
  const world = await startWorld({ accounts: [PAYMENTS], access: { mode: "password", roles } });
  try {
    await takePasswords(browser, world);
  } finally {
    await world.close();
  }
  await takeProvider(browser);
}

async function takePasswords(browser: Browser, world: World): Promise<void> {
  const link = /(http:\S+\/sign-in\/first#[\w-]+)/.exec(world.product.log())?.[1] ?? "";
  await takePage(browser, world, { name: "sign-in", looks: ALL_LOOKS, path: "/sign-in" });
  await takePage(browser, world, { name: "sign-in-first", looks: ["light", "narrow"], path: link });
  const headers = { "content-type": "application/json", origin: world.product.url };
  const send = (path: string, body: unknown, cookie = "") =>
    fetch(`${world.product.url}${path}`, {
      method: "POST",
      headers: { ...headers, cookie },
      body: JSON.stringify(body),
    });
  await send("/api/v1/sign-in/set-password", { secret: link.split("#")[1], email: ADMIN, password: PASSWORD });
  await takePage(browser, world, {
    name: "sign-in-wrong",
    looks: ["light", "dark"],
    path: "/sign-in",
    prepare: (page) => signIn(page, "wrong-password-here"),
  });
  const signedIn = await send("/api/v1/sign-in/password", { email: ADMIN, password: PASSWORD });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((text) => text.split(";", 1)[0])
    .join("; ");
  for (const [email, name] of [
    ["sam@acme.com", "Sam Rivers"],
    ["kim@acme.com", "Kim Lake"],
  ]) {
    await send("/api/v1/people", { email, name, isAdmin: false }, cookie);
  }
  const { people } = (await (await fetch(`${world.product.url}/api/v1/people`, { headers: { cookie } })).json()) as {
    people: { key: string; email: string }[];
  };
  const kim = people.find(({ email }) => email === "kim@acme.com");
  await send(`/api/v1/people/${kim?.key}`, { change: "disable" }, cookie);
  const reports = { name: "nightly report", expiresInDays: 30, roles: ["viewer"], accounts: ["payments-*"] };
  await send("/api/v1/tokens", reports, cookie);
  for (const look of ALL_LOOKS) await takePeople(browser, world, look);
}

async function takePeople(browser: Browser, world: World, look: Look): Promise<void> {
  await withPage(browser, world, look, async (page) => {
    await page.goto("/sign-in?next=/people");
    await signIn(page, PASSWORD);
    await page.waitForURL("/people");
    await page.getByRole("button", { name: "New password link: Sam Rivers" }).click();
    await page.getByRole("figure").waitFor();
    await save(page, { name: "people", look, isWhole: true });
  });
}

async function signIn(page: Page, password: string): Promise<void> {
  const isWrong = password !== PASSWORD;
  // Somebody else than who signs in after: five times a minute are enough for one.
  await page.getByLabel("E-mail address").fill(isWrong ? "nobody@acme.com" : ADMIN);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  if (isWrong) await page.getByText("The e-mail address or the password is wrong.").waitFor();
}

async function takeProvider(browser: Browser): Promise<void> {
  const provider = await startIdentityProvider();
  const oidc = { name: "Acme ID", issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret };
  const access = { mode: "oidc", oidc, breakGlassPeople: ["glass@acme.com"] };
  const world = await startWorld({ accounts: [PAYMENTS], access });
  try {
    provider.serve(world.product.url);
    await takePage(browser, world, { name: "sign-in-provider", looks: ["light", "narrow"], path: "/sign-in" });
    await takePage(browser, world, { name: "sign-in-again", looks: ["dark"], path: "/sign-in?again=1" });
  } finally {
    await world.close();
  }
  const down = await startWorld({ accounts: [PAYMENTS], access });
  try {
    provider.setUp(false);
    await takePage(browser, down, {
      name: "sign-in-provider-down",
      looks: ["light"],
      path: "/sign-in?problem=not_begun_here",
    });
  } finally {
    await down.close();
    await provider.close();
  }
}
