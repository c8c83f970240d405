import { expect, test } from "vitest";
import { formatHolderKind, parseHolder } from "./holder.ts";
import { HOLDER_KINDS } from "./lock.ts";
import { measureCpuMs } from "./testing/cpu-time.ts";

test.each([
  ["runner@fv-az1234-567", "github-actions"],
  ["runner@gha-runner-7f2", "github-actions"],
  ["runner@runnervmf2e7y", "github-actions"],
  ["runner@arc-runner-set-abcde", "github-actions"],
  ["runner@x7f3k2m9q1w8e4r6", "github-actions"],
  ["root@runner-x1yz-project-42-concurrent-0", "gitlab-runner"],
  ["root@runner-t3-uxwz-project-12345678-concurrent-0-abc123", "gitlab-runner"],
  ["gitlab-runner@ci-01", "gitlab-runner"],
  ["atlantis@7d9c5b4f6-abcde", "atlantis"],
  ["root@atlantis-0", "atlantis"],
  ["atlantis@ip-10-0-1-2.eu-west-1.compute.internal", "atlantis"],
  ["ec2-user@ip-10-0-1-2", "ec2"],
  ["ubuntu@ip-10-0-1-2.eu-west-1.compute.internal", "ec2"],
  ["ec2-user@i-0abc1234def567890", "ec2"],
  ["root@ip-10-0-1-2.ec2.internal", "ecs"],
  ["root@0a1b2c3d4e5f", "ecs"],
  ["app@deploy-7d9c5b4f6-x2xkq", "kubernetes"],
  ["circleci@runner.local", "ci-runner"],
  ["jenkins@build-3", "ci-runner"],
  ["root@jenkins-agent-4", "ci-runner"],
  ["buildkite-agent@host", "ci-runner"],
  ["vsts@fv-9", "ci-runner"],
  ["ada@Adas-MacBook-Pro.local", "laptop"],
  ["ada@MACBOOK-7", "laptop"],
  ["ACME\\ada@DESKTOP-4F9K2LM", "laptop"],
  ["ada@LAPTOP-AB12CD", "laptop"],
  ["root@vm", "unknown"],
  ["root@infra", "unknown"],
  ["ada@", "unknown"],
  ["@", "unknown"],
])("takes %s for %s", (who, kind) => {
  expect(parseHolder(who)?.kind).toBe(kind);
});

test.each([
  ["ada@example.com@host", { user: "ada@example.com", host: "host" }],
  ["ACME\\ada@HOST", { user: "ACME\\ada", host: "HOST" }],
  ["@host", { user: "", host: "host" }],
  ["ada@", { user: "ada", host: "" }],
  ["@", { user: "", host: "" }],
  ["ada", { user: "ada", host: "" }],
])("splits %s at its last at sign", (who, parts) => {
  expect(parseHolder(who)).toMatchObject(parts);
});

test("nobody named is nobody", () => {
  expect(parseHolder(null)).toBeNull();
  expect(parseHolder("")).toBeNull();
});

test("a long name is not guessed at, and takes no time", () => {
  const cpuMs = measureCpuMs(() => {
    expect(parseHolder(`runner@${"runner-".repeat(9000)}`)?.kind).toBe("unknown");
    for (let count = 0; count < 1000; count++) parseHolder(`a@${"a-".repeat(127)}`);
  });

  expect(cpuMs).toBeLessThan(500);
});

test("every kind has a name of its own", () => {
  expect(new Set(HOLDER_KINDS.map(formatHolderKind)).size).toBe(HOLDER_KINDS.length);
});
