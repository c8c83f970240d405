import { DEFAULT_SCAN_RULE, type ScanRule } from "#lib/domain/scan-schedule.ts";
import type { Source } from "#lib/domain/source.ts";
import type { Config, SourceScanConfig } from "./config/config.ts";

/** Sources that were first swept together must not be swept whole together ever after. */
const COLD_SPREAD = 0.1;

type ConfiguredSource = Source & SourceScanConfig;

/** How often each source is looked at: as it says itself, else as is said for all. */
export function createScanRules(
  scan: Config["scan"],
  sources: readonly ConfiguredSource[],
): (source: Pick<Source, "id">) => ScanRule {
  const rules = new Map(
    sources.map(({ id, everyMs, requestsPerDay }): [string, ScanRule] => [
      id,
      {
        everyMs: everyMs ?? scan.everyMs,
        coldEveryMs: Math.round(scan.coldEveryMs * (1 - COLD_SPREAD * spreadOf(id))),
        requestsPerDay: requestsPerDay ?? scan.requestsPerDay ?? null,
      },
    ]),
  );
  return ({ id }) => rules.get(id) ?? DEFAULT_SCAN_RULE;
}

/** From 0 to 1, the same for a source in every process. */
function spreadOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return hash / 65_521;
}
