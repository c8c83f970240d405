/** A bucket that exists only as a rule: which key has which place, in the order of keys. */
export type VirtualKeys = {
  readonly count: number;
  readonly keyAt: (index: number) => string;
  /** The place of the first key after `key`. */
  readonly indexAfter: (key: string) => number;
  readonly isLock: (index: number) => boolean;
};

/**
 * Half a deep tree of logs, two fifths workspaces with a state and its backup or lock, the rest teams' states: what a shared
 * bucket looks like. All keys are ASCII, whose order is the same in UTF-16 and UTF-8.
 */
export function createVirtualKeys(count: number): VirtualKeys {
  const logs = Math.floor(count / 2);
  const workspaces = Math.floor(count * 0.4);
  const teams = count - logs - workspaces;
  const perTeam = Math.ceil(teams / TEAMS.length);

  function keyAt(index: number): string {
    if (index < logs) return logKey(index);
    if (index < logs + workspaces) return workspaceKey(index - logs);
    const place = index - logs - workspaces;
    const service = String(place % perTeam).padStart(6, "0");
    return `teams/${TEAMS[Math.floor(place / perTeam)]}/service-${service}/terraform.tfstate${isTeamLock(place) ? ".tflock" : ""}`;
  }

  return {
    count,
    keyAt,
    indexAfter(key) {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (keyAt(middle) <= key) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    isLock: (index) => keyAt(index).endsWith(".tflock"),
  };
}

const TEAMS = ["billing", "checkout", "data", "identity", "network", "payments", "platform", "search"];

const dates: string[] = [];

function logKey(index: number): string {
  const day = Math.floor(index / 5_000);
  dates[day] ??= new Date(Date.UTC(2020, 0, 1) + day * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "/");
  return `AWSLogs/111122223333/elasticloadbalancing/${dates[day]}/${String(index % 5_000).padStart(5, "0")}.log.gz`;
}

/** Each workspace has its state, and beside it a backup or, in one of two hundred, a lock. */
function workspaceKey(place: number): string {
  const workspace = place >> 1;
  const end = (place & 1) === 0 ? "" : workspace % 200 === 7 ? ".tflock" : ".backup";
  return `env:/workspace-${String(workspace).padStart(7, "0")}/network/terraform.tfstate${end}`;
}

function isTeamLock(place: number): boolean {
  return place % 500 === 499;
}
