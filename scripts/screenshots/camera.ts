import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import type { World } from "#e2e/world.ts";

export const FOLDER = "docs/screenshots";
const WIDE = { viewport: { width: 1280, height: 800 } };
const LOOKS = {
  light: { ...WIDE, colorScheme: "light" },
  dark: { ...WIDE, colorScheme: "dark" },
  narrow: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
} satisfies Readonly<Record<string, BrowserContextOptions>>;

export type Look = keyof typeof LOOKS;
export const ALL_LOOKS = ["light", "dark", "narrow"] as const satisfies readonly Look[];

export type Shot = { readonly name: string; readonly look: Look; readonly isWhole?: boolean };

/** Starts a world, sweeps it once, and closes it whatever happens. */
export async function withWorld(starting: Promise<World>, take: (world: World) => Promise<void>): Promise<void> {
  const world = await starting;
  try {
    await world.api.scan();
    await take(world);
  } finally {
    await world.close();
  }
}

/** A page of a world in one look. */
export async function withPage(
  browser: Browser,
  world: World,
  look: Look,
  take: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    ...LOOKS[look],
    baseURL: world.product.url,
    locale: "en-GB",
    timezoneId: "UTC",
  });
  await take(await context.newPage());
  await context.close();
}

/** Takes one address in each of the looks. */
export async function takePage(
  browser: Browser,
  world: World,
  shot: {
    name: string;
    looks: readonly Look[];
    path: string;
    isWhole?: boolean;
    prepare?: (page: Page) => Promise<void>;
  },
): Promise<void> {
  for (const look of shot.looks) {
    await withPage(browser, world, look, async (page) => {
      await page.goto(shot.path);
      await shot.prepare?.(page);
      await save(page, { name: shot.name, look, isWhole: shot.isWhole ?? false });
    });
  }
}

/** Saves what is on the screen, or the whole page. */
export async function save(page: Page, { name, look, isWhole = false }: Shot): Promise<void> {
  await page.waitForLoadState("networkidle");
  const path = join(FOLDER, `${name}-${look}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide", fullPage: isWhole });
}
