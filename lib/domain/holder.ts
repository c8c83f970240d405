import type { Holder, HolderKind } from "./lock.ts";

type Clue = { readonly kind: HolderKind; readonly user?: RegExp; readonly host?: RegExp };

/** Tried in order; all the patterns of one clue must match. The names are what the tools choose by themselves. */
const CLUES: readonly Clue[] = [
  { kind: "atlantis", user: /^atlantis$/i },
  { kind: "atlantis", host: /^atlantis(?:$|[-.])/i },
  { kind: "gitlab-runner", host: /^runner-[\w-]+-project-\d+-concurrent-\d+/i },
  { kind: "gitlab-runner", user: /^gitlab-runner$/i },
  { kind: "github-actions", host: /^(?:fv-az|gha-|runnervm|github-runner|github-actions|actions-runner)/i },
  { kind: "github-actions", user: /^runner$/, host: /^(?:mac-\d+|sat\d+-|gh-|arc-|[\w-]+-runner-\w+)/i },
  { kind: "ci-runner", user: /^(?:circleci|jenkins|buildkite(?:-agent)?|vsts|vsts_azpcontainer|azdevops)$/i },
  { kind: "ci-runner", user: /^(?:teamcity|drone|bamboo|concourse|spacelift|semaphore|travis|codebuild-user)$/i },
  { kind: "ci-runner", user: /^(?:bitbucket|bitbucket-pipelines|tfc-agent|harness|ci)$/i },
  {
    kind: "ci-runner",
    host: /(?:^|[-.])(?:jenkins|circleci|buildkite|bitbucket|azure-pipelines|teamcity)(?:[-.\d]|$)/i,
  },
  // EC2 and Fargate tasks in awsvpc mode share this name; the task's user is root.
  { kind: "ecs", user: /^root$/, host: /^ip-\d+-\d+-\d+-\d+\.ec2\.internal$/i },
  { kind: "ec2", host: /^ip-\d+-\d+-\d+-\d+(?:$|\.)/i },
  { kind: "ec2", host: /^i-[0-9a-f]{8,17}(?:$|\.)/i },
  { kind: "ecs", user: /^root$/, host: /^[0-9a-f]{12}$/ },
  { kind: "laptop", host: /(?:\.local|\.lan|\.home|\.fritz\.box)$/i },
  { kind: "laptop", host: /^(?:DESKTOP-|LAPTOP-)[A-Z0-9]+$/i },
  { kind: "laptop", host: /macbook|thinkpad|(?:^|-)imac(?:$|[-.])|(?:^|-)mbp(?:$|[-.\d])/i },
  // The alphabet of Kubernetes' generated names has no vowels and no 0, 1 or 3.
  {
    kind: "kubernetes",
    host: /^[a-z0-9][a-z0-9-]*-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
  },
  { kind: "github-actions", user: /^runner$/ },
];

const KIND_LABELS: Readonly<Record<HolderKind, string>> = {
  "github-actions": "GitHub Actions",
  "gitlab-runner": "GitLab runner",
  atlantis: "Atlantis",
  "ci-runner": "CI runner",
  ec2: "EC2 instance",
  ecs: "ECS task",
  kubernetes: "Kubernetes pod",
  laptop: "Laptop",
  unknown: "Unknown kind of host",
};

/** Splits `Who` at its last `@`, as user names may contain one; either part may be empty. Null when nobody is named. */
export function parseHolder(who: string | null): Holder | null {
  if (who === null || who === "") return null;
  const at = who.lastIndexOf("@");
  const user = at < 0 ? who : who.slice(0, at);
  const host = at < 0 ? "" : who.slice(at + 1);
  return { user, host, kind: guessKind(user, host) };
}

function guessKind(user: string, host: string): HolderKind {
  // Longer names than these are nobody's, and patterns need not be run on them.
  if (user.length > 256 || host.length > 256) return "unknown";
  const clue = CLUES.find((each) => (each.user?.test(user) ?? true) && (each.host?.test(host) ?? true));
  return clue?.kind ?? "unknown";
}

/** The guess in words; the screen adds that it is one. */
export function formatHolderKind(kind: HolderKind): string {
  return KIND_LABELS[kind];
}
