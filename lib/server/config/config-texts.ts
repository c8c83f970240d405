import { parseConfig } from "./parse-config.ts";
import { formatProblems } from "./problem-text.ts";

/** A configuration with every key, for tests. */
export const FULL = `accounts:
  - name: payments-prod
    id: "111122223333"
    region: eu-west-1
    scanRoleArn: arn:aws:iam::111122223333:role/lockkeeper-scan
    unlockRoleArn: arn:aws:iam::111122223333:role/lockkeeper-unlock
    restoreRoleArn: arn:aws:iam::111122223333:role/lockkeeper-restore
    externalId: \${env:LOCKKEEPER_EXTERNAL_ID}
    sourceIdentity: required
    buckets:
      - name: acme-payments-tfstate
        prefix: teams/
        region: us-east-1
        every: 15m
        requestsPerDay: 2000
      - name: acme-other
    tables:
      - name: terraform-locks
        every: 30s
    endpoints:
      s3: http://127.0.0.1:9000
scan:
  every: 5m
  coldEvery: 2h
  requestsPerDay: 50000
restore:
  window: 30m
audit:
  checkpoints:
    bucket:
      name: acme-audit
      region: eu-central-1
      prefix: lockkeeper/
      roleArn: arn:aws:iam::444455556666:role/lockkeeper-checkpoints
      externalId: audit-ext
      endpoint: https://s3.storage.example
  webhooks:
    - name: siem
      url: https://siem.example/events?tenant=7
      secrets:
        - \${env:LOCKKEEPER_WEBHOOK_SECRET}
        - the-secret-used-until-now
      allowPrivate: true
access:
  mode: local
`;

/** An account that only lacks its sources. */
export const ACCOUNT = `accounts:
  - name: a
    id: "111122223333"
    region: eu-west-1
`;

export function read(text: string, env: Record<string, string | undefined> = {}, files: Record<string, string> = {}) {
  return parseConfig(text, {
    fileName: "lockkeeper.yaml",
    env,
    readFile(path) {
      const content = files[path];
      if (content === undefined) throw new Error(`no ${path}`);
      return content;
    },
  });
}

export function complaints(text: string, env: Record<string, string | undefined> = {}): string[] {
  const parsed = read(text, env);
  return parsed.ok ? [] : formatProblems(parsed.fileName, parsed.problems).split("\n");
}

export function withBucket(name: string): string {
  return `${ACCOUNT}    buckets: [{ name: ${JSON.stringify(name)} }]\n`;
}

/** A sound configuration with webhooks that differ from a sound one in what is given; the first is in line 8. */
export function withWebhook(...changes: Record<string, unknown>[]): string {
  const sound = { name: "siem", url: "https://siem.example/events", secrets: ["x".repeat(24)] };
  const webhooks = changes.map((change) => `    - ${JSON.stringify({ ...sound, ...change })}\n`).join("");
  return `${withBucket("abc")}audit:\n  webhooks:\n${webhooks}`;
}
