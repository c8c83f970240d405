import type { Browser, Page } from "@playwright/test";
import { takeLock } from "#e2e/locks.ts";
import { startWorld, type World } from "#e2e/world.ts";
import { ALL_LOOKS, takePage, withWorld } from "./camera.ts";

const REASON = "The runner is gone, see the incident.";
/** A pair may be undone 25 seconds after its intent. */
const UNDOABLE_MS_MAX = 60_000;

/** The life of an unlock: without an outcome, just released, undoable, undone. */
export async function takeUndo(browser: Browser): Promise<void> {
  await withWorld(startWorld(), async (world) => {
    world.sandbox.addFault({
      match: { operation: "DeleteObject", keyIncludes: "lost/" },
      effect: { kind: "drop-after" },
    });
    const unknown = await unlock(world, "lost/terraform.tfstate", "s3");
    await takePage(browser, world, { name: "unlock-unknown", looks: ["light", "narrow"], path: unknown });

    const pair = await unlock(world, "network/prod/terraform.tfstate", "both");
    await takePage(browser, world, { name: "unlock-waiting", looks: ["light"], path: pair, isWhole: true });
    await takePage(browser, world, {
      name: "unlock",
      looks: ALL_LOOKS,
      path: pair,
      isWhole: true,
      prepare: untilUndoable,
    });
    await takePage(browser, world, { name: "restore-dialog", looks: ALL_LOOKS, path: pair, prepare: openRestore });

    const shared = await unlock(world, "shared/terraform.tfstate", "s3");
    await takeLock(world, { stateKey: "shared/terraform.tfstate", who: "bob@build-9", ageMs: 0 });
    await takePage(browser, world, { name: "restore-changed", looks: ["light"], path: shared, prepare: restoreLate });
    await takePage(browser, world, { name: "restore-outcome", looks: ["light"], path: pair, prepare: restore });
    await takePage(browser, world, { name: "unlock-restored", looks: ALL_LOOKS, path: pair, isWhole: true });
    await takePage(browser, world, { name: "unlocks-restored", looks: ["light", "narrow"], path: "/unlocks" });
  });
}

async function unlock(world: World, stateKey: string, mechanism: "s3" | "both"): Promise<string> {
  await takeLock(world, { stateKey, mechanism, who: "runner@gha-7f2", ageMs: 3 * 3_600_000 });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
  return `/unlocks/${(await world.api.unlock({ key, lockId, fingerprint, reason: REASON })).body.id}`;
}

async function untilUndoable(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Put back/ }).waitFor({ timeout: UNDOABLE_MS_MAX });
}

async function openRestore(page: Page): Promise<void> {
  await untilUndoable(page);
  await page.getByRole("button", { name: /^Put back/ }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("The run was alive after all: its job still writes.");
}

async function restore(page: Page): Promise<void> {
  await openRestore(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Put back/ }).click();
  await dialog.getByRole("heading", { level: 3 }).waitFor();
}

async function restoreLate(page: Page): Promise<void> {
  await restore(page);
  await page.getByRole("dialog").getByText("bob@build-9").waitFor();
}
