import { parseConfig } from "./parse-config.ts";
import { formatProblems } from "./problem-text.ts";

/** A configuration with every key, for tests. */
export const FULL = `accounts:
  - name: payments-prod
    id: "111122223333"
    region: eu-west-1
    scanRoleArn: arn:aws:iam::111122223333:role/lockkeeper-scan
    unlockRoleArn: arn:aws:iam::111122223333:role/lockkeeper-unlock
    externalId: \${env:LOCKKEEPER_EXTERNAL_ID}
    buckets:
      - name: acme-payments-tfstate
        prefix: teams/
        region: us-east-1
      - name: acme-other
    tables:
      - name: terraform-locks
    endpoints:
      s3: http://127.0.0.1:9000
scan:
  every: 5m
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
