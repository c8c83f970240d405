import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "lockkeeper-check-"));

afterAll(() => rmSync(folder, { recursive: true }));

function check(text: string) {
  const file = join(folder, "lockkeeper.yaml");
  writeFileSync(file, text);
  const env = { ...process.env, EXTERNAL_ID: "S3CR3T" };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/config-check.ts", file], {
    env,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

const ACCOUNT = `accounts:
  - name: payments-prod
    id: "111122223333"
    region: eu-west-1
    externalId: \${env:EXTERNAL_ID}
`;

test("a sound file is summed up with exit code 0, and the external id stays hidden", () => {
  const { status, output } = check(`${ACCOUNT}    tables: [{ name: terraform-locks }]\n`);

  expect(output).toContain("1 account, 1 source, scanned every 60 s");
  expect(output).not.toContain("S3CR3T");
  expect(status).toBe(0);
});

test("where the audit trail goes and what may restore is told, and the secrets of webhooks stay hidden", () => {
  const audit = `audit:
  checkpoints: { bucket: { name: acme-audit, region: eu-west-1 } }
  webhooks: [{ name: siem, url: "https://siem.example/?key=S3CR3T", secrets: [S3CR3T-of-24-characters-or-more] }]
`;
  const role = "    restoreRoleArn: arn:aws:iam::111122223333:role/lockkeeper-restore\n";
  const { status, output } = check(`${ACCOUNT}${role}    tables: [{ name: terraform-locks }]\n${audit}`);

  expect(output).toContain("restore: role, within 900 s");
  expect(output).toContain("audit: checkpoints to log, file, bucket acme-audit (eu-west-1); webhooks: siem (1 secret)");
  expect(output).not.toContain("S3CR3T");
  expect(status).toBe(0);
});

test("a wrong file gives exit code 1 and the place", () => {
  const { status, output } = check(`${ACCOUNT}    tabels: [{ name: terraform-locks }]\n`);

  expect(output).toContain('lockkeeper.yaml:6:5 accounts[0].tabels: unknown key. Did you mean "tables"?');
  expect(output).not.toContain("S3CR3T");
  expect(status).toBe(1);
});
