import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";
import type { LockAnswer } from "./api.ts";

export type DialogWords = { readonly lockId: string | null; readonly stateKey?: string; readonly reason: string };

/** Opens a lock's page and its force-unlock dialog. */
export async function openDialog(page: Page, lock: Pick<LockAnswer, "key">): Promise<Locator> {
  await page.goto(`/locks/${lock.key}`);
  await page.getByRole("button", { name: /^Force-unlock/ }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Types a reason and the start of the lock's ID, or of the state key where there is no ID. */
export async function fillDialog(dialog: Locator, { lockId, stateKey = "", reason }: DialogWords): Promise<void> {
  await dialog.getByRole("textbox", { name: /reason/i }).fill(reason);
  await dialog.getByRole("textbox", { name: /^Type/ }).fill((lockId ?? stateKey).slice(0, 8));
}

/** The whole way of a person with a mouse: from a lock to its outcome. */
export async function forceUnlock(page: Page, lock: LockAnswer, reason: string): Promise<Locator> {
  const dialog = await openDialog(page, lock);
  await fillDialog(dialog, { lockId: lock.lockId, stateKey: lock.stateKey, reason });
  await dialog.getByRole("button", { name: /^Force-unlock/ }).click();
  return dialog;
}
