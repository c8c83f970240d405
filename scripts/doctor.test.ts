import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SandboxAccount, startSandboxAccount } from "#lib/adapters/aws/testing/sandbox-account.ts";

const folder = mkdtempSync(join(tmpdir(), "lockkeeper-doctor-"));
let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.sandbox.close();
});

function runDoctor(...args: readonly string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, ...world.env };
  return new Promise((resolve) => {
    const command = ["--conditions=react-server", "scripts/doctor.ts", ...args];
    const child = execFile(process.execPath, command, { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

function writeConfig(bucket: string): string {
  const { account, sandbox } = world;
  const file = join(folder, `${bucket}.yaml`);
  writeFileSync(
    file,
    `accounts:
  - name: ${account.name}
    id: "${account.id}"
    region: ${account.region}
    scanRoleArn: ${account.scanRoleArn}
    unlockRoleArn: ${account.unlockRoleArn}
    externalId: ${account.externalId}
    buckets: [{ name: ${bucket} }]
    endpoints: { s3: "${sandbox.s3Url}", dynamodb: "${sandbox.dynamodbUrl}", sts: "${sandbox.stsUrl}" }
`,
  );
  return file;
}

test("an account that gives all that is needed ends with 0, one that does not with 1 and what to mend", async () => {
  const [well, ill] = await Promise.all([
    runDoctor(writeConfig(world.newBucket().name)),
    runDoctor(writeConfig("no-such-bucket")),
  ]);

  expect(well.output).toContain("All is well.");
  expect(well.code).toBe(0);
  expect(ill.output).toMatch(/MISSING {2}bucket no-such-bucket: list\n/);
  expect(ill.output).toMatch(/\d+ to mend\.\n/);
  expect(ill.code).toBe(1);
}, 30_000);

test("what cannot be read is said, and a name of no account too", async () => {
  const missing = await runDoctor(join(folder, "absent.yaml"));
  const unknown = await runDoctor(writeConfig(world.newBucket().name), "--account", "nobody");

  expect(missing).toMatchObject({ code: 1, output: expect.stringContaining("absent.yaml") });
  expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining('There is no account "nobody"') });
}, 30_000);
