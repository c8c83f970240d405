import { hostname, userInfo } from "node:os";
import type { Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { hasDynamodbHalf, hasS3Half, sentDeletes, takeLock } from "./locks.ts";
import { createProject, type Mechanism, type Project, type Run } from "./terraform.ts";
import { forceUnlock } from "./unlock-dialog.ts";
import { PAYMENTS, PAYMENTS_BUCKET, PAYMENTS_TABLE, type World } from "./world.ts";

const test = testIn();
test.setTimeout(120_000);

const ME = `${userInfo().username}@${hostname()}`;
const MECHANISMS: readonly Mechanism[] = ["s3", "dynamodb", "both"];

for (const mechanism of MECHANISMS) {
  test(`${mechanism}: the lock of a killed apply is shown, force-unlocked, and the next plan works`, async ({
    world,
    page,
  }) => {
    const project = await createProject(world, `killed-${mechanism}`, mechanism);
    await project.mustRun(["apply", "-auto-approve"]);
    const digest = await readDigest(world, project);
    expect(digest === null, "only with DynamoDB there is a digest").toBe(mechanism === "s3");
    const run = project.run(["apply", "-auto-approve", "-var=hold=true"]);
    const lockId = await untilHeld(world, project, run, mechanism);

    await page.goto(`/?q=killed-${mechanism}`);
    const row = page
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: new RegExp(`killed-${mechanism}`) }) });
    await expect(row).toContainText(ME);
    await expect(row).toContainText(/apply/i);

    await run.kill();
    await world.api.scan();
    const lock = await world.api.lockAt(project.stateKey);
    expect(lock).toMatchObject({ lockId, who: ME, operation: "OperationTypeApply" });
    const refused = project.run(["plan", "-input=false"]);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain("Error acquiring the state lock");

    const dialog = await forceUnlock(page, lock, "The apply was killed, nobody works on it.");

    await expect(dialog).toContainText(/released/i);
    expect(await readDigest(world, project)).toEqual(digest);
    await expectNoHalf(world, project);
    await project.mustRun(["plan", "-input=false"]);
  });

  test(`${mechanism}: an unlock lets a waiting run in, and the screen shows it as the new holder`, async ({
    world,
    page,
  }) => {
    const project = await createProject(world, `waiting-${mechanism}`, mechanism);
    await takeLock(world, { stateKey: project.stateKey, mechanism, who: "runner@dead-runner", ageMs: 3_600_000 });
    await world.api.scan();
    const lock = await world.api.lockAt(project.stateKey);
    const waiting = project.run(["apply", "-auto-approve", "-var=hold=true", "-lock-timeout=90s"]);
    await expect.poll(() => waiting.output()).toContain("Acquiring state lock");

    const dialog = await forceUnlock(page, lock, "The runner is gone, and a run waits for the lock.");
    await expect(dialog).toContainText(/released/i);
    await untilHeld(world, project, waiting, mechanism);

    await page.goto(`/?q=waiting-${mechanism}`);
    const row = page
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: new RegExp(`waiting-${mechanism}`) }) });
    await expect(row).toContainText(ME);
    project.release();
    expect(await waiting.ended).toBe(0);
    await expectNoHalf(world, project);
  });
}

test("locks that Terraform cannot release are released: an empty body", async ({ world, page }) => {
  const project = await createProject(world, "empty-body", "s3");
  world.sandbox.putObject(PAYMENTS_BUCKET, `${project.stateKey}.tflock`, "");

  await expectOnlyWeRelease(world, page, project);
});

test("locks that Terraform cannot release are released: an item without Info", async ({ world, page }) => {
  const project = await createProject(world, "no-info", "dynamodb");
  const item = { LockID: { S: `${PAYMENTS_BUCKET}/${project.stateKey}` } };
  await world.sandbox.putItem(PAYMENTS.id, PAYMENTS.region, PAYMENTS_TABLE, item);

  await expectOnlyWeRelease(world, page, project);
});

for (const left of ["s3", "dynamodb"] as const) {
  test(`locks that Terraform cannot release are released: a pair of which the ${left} half is left`, async ({
    world,
    page,
  }) => {
    const project = await createProject(world, `half-${left}`, "both");
    await takeLock(world, {
      stateKey: project.stateKey,
      mechanism: "both",
      who: "runner@dead-runner",
      ageMs: 3_600_000,
    });
    await world.api.scan();
    const path = `${PAYMENTS_BUCKET}/${project.stateKey}`;
    if (left === "s3") await world.sandbox.deleteItem(PAYMENTS.id, PAYMENTS.region, PAYMENTS_TABLE, path);
    else world.sandbox.deleteObject(PAYMENTS_BUCKET, `${project.stateKey}.tflock`);
    await world.api.scan();
    expect(await world.api.lockAt(project.stateKey)).toMatchObject({ status: "half", halves: [{ mechanism: left }] });

    await expectOnlyWeRelease(world, page, project);
  });
}

test("locks that Terraform cannot release are released: a workspace without a state", async ({ world, page }) => {
  const project = await createProject(world, "workspace", "s3");
  const stateKey = `env:/dev/${project.stateKey}`;
  const lockId = await takeLock(world, { stateKey, operation: "init", who: "runner@dead-runner", ageMs: 3_600_000 });
  expect(await project.run(["workspace", "new", "dev"]).ended).toBe(1);
  expect(await project.run(["force-unlock", "-force", lockId]).ended).toBe(1);
  await world.api.scan();

  const dialog = await forceUnlock(page, await world.api.lockAt(stateKey), "The workspace was never made.");

  await expect(dialog).toContainText(/released/i);
  await project.mustRun(["workspace", "new", "dev"]);
});

/** Blocks Terraform before, and lets it through after we released it. */
async function expectOnlyWeRelease(world: World, page: Page, project: Project): Promise<void> {
  expect(await project.run(["plan", "-input=false"]).ended).toBe(1);
  await world.api.scan();
  const before = sentDeletes(world).length;

  const dialog = await forceUnlock(
    page,
    await world.api.lockAt(project.stateKey),
    "Terraform cannot release this one.",
  );

  await expect(dialog).toContainText(/released/i);
  expect(
    sentDeletes(world)
      .slice(before)
      .filter((entry) => entry.principal?.role === "lockkeeper-unlock"),
  ).toHaveLength(1);
  await expectNoHalf(world, project);
  await project.mustRun(["plan", "-input=false"]);
}

/** Waits until a run holds its lock with all halves, and gives the lock's ID. */
async function untilHeld(world: World, project: Project, run: Run, mechanism: Mechanism): Promise<string | null> {
  const halves = mechanism === "both" ? 2 : 1;
  const held = async () => {
    await world.api.scan();
    return (await world.api.locks(`?who=${encodeURIComponent(ME)}`)).find((lock) =>
      lock.statePath.endsWith(project.stateKey),
    );
  };
  await expect.poll(async () => (await held())?.halves.length, { message: run.output(), timeout: 60_000 }).toBe(halves);
  return (await held())?.lockId ?? null;
}

async function expectNoHalf(world: World, { stateKey }: Project): Promise<void> {
  expect(hasS3Half(world, stateKey)).toBe(false);
  expect(await hasDynamodbHalf(world, stateKey)).toBe(false);
}

function readDigest({ sandbox }: World, { stateKey }: Project) {
  return sandbox.getItem(PAYMENTS.id, PAYMENTS.region, PAYMENTS_TABLE, `${PAYMENTS_BUCKET}/${stateKey}-md5`);
}
