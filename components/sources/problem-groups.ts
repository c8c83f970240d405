import type { SourceErrorCode } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";

export type ProblemGroup = {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly SourceView[];
  /** What to change, each said once. */
  readonly hints: readonly string[];
  /** One IAM document part for all sources of the group, to paste into the role's policy. */
  readonly statement: string | null;
};

const TITLES: Readonly<Record<SourceErrorCode, string>> = {
  access_denied: "AWS denies access",
  role_refused: "The scan role could not be assumed",
  wrong_region: "It is in another region",
  not_found: "It does not exist",
  wrong_owner: "It belongs to another account",
  timeout: "AWS did not answer in time",
  throttled: "AWS asked to slow down",
  unreachable: "AWS could not be reached",
  invalid_answer: "The answer made no sense",
  unexpected: "Something failed that should not",
};

/** Sources that could not be read, together where the same change to the same account would help; largest group first. */
export function groupProblems(unread: readonly SourceView[]): readonly ProblemGroup[] {
  const groups = Map.groupBy(unread, (source) => `${source.error?.code ?? "partial"} ${source.account}`);
  return [...groups]
    .map(([id, sources]): ProblemGroup => {
      const code = sources[0]?.error?.code;
      const title = code === undefined ? "The last sweep ended early" : TITLES[code];
      return {
        id,
        title: `${title} (${sources[0]?.account ?? ""})`,
        sources,
        hints: dropRepeats(sources.flatMap((source) => source.error?.hint ?? [])),
        statement: joinStatements(sources.flatMap((source) => source.error?.statement ?? [])),
      };
    })
    .toSorted((a, b) => b.sources.length - a.sources.length);
}

/** A hint that another one begins with says nothing of its own. */
function dropRepeats(hints: readonly string[]): readonly string[] {
  const unique = [...new Set(hints)];
  return unique.filter((hint) => !unique.some((other) => other !== hint && other.startsWith(hint)));
}

/** IAM statements as one readable piece of JSON: a single one as it is, several as a list. */
export function joinStatements(statements: readonly string[]): string | null {
  const unique = [...new Set(statements)];
  if (unique.length === 0) return null;
  try {
    const parsed = unique.flatMap((text): unknown => JSON.parse(text));
    return JSON.stringify(parsed.length === 1 ? parsed[0] : parsed, null, 2);
  } catch {
    return unique.join("\n");
  }
}
