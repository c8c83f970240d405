import type { z } from "zod";
import type { ConfigProblem } from "./config.ts";
import { didYouMean } from "./did-you-mean.ts";
import { hintAt, keysAt } from "./json-schema.ts";
import { formatPath } from "./problem-text.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "a mapping",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** Says what a schema issue means to the person who wrote the file. Values are never repeated. */
export function problemsOfIssue(issue: z.core.$ZodIssue, source: YamlSource): readonly ConfigProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...issue.path, key], source));
  const at = { ...source.positionOf(issue.path), path: formatPath(issue.path) };
  const value = valueAt(source.value, issue.path);
  if (value === undefined) return [{ ...at, message: "is missing", hint: hintAt(issue.path) }];
  if (value === null && at.path === "") return [{ ...at, message: "the file is empty", hint: hintAt(issue.path) }];
  if (value === null) return [{ ...at, message: "is empty", hint: `${hintAt(issue.path)} Or remove the key.` }];
  if (issue.code !== "invalid_type") return [{ ...at, message: issue.message, hint: hintAt(issue.path) }];

  const expected = TYPE_WORDS[issue.expected] ?? issue.expected;
  const actual = TYPE_WORDS[Array.isArray(value) ? "array" : typeof value] ?? typeof value;
  const typed = issue.expected === "string" && typeof value !== "object" ? source.typedText(issue.path) : undefined;
  const hint = typed !== undefined && isShowable(issue.path) ? `Put it in quotes: "${typed}".` : hintAt(issue.path);
  return [{ ...at, message: `must be ${expected}, but is ${actual}`, hint }];
}

function unknownKey(path: Path, source: YamlSource): ConfigProblem {
  const allowed = keysAt(path.slice(0, -1));
  const guess = didYouMean(String(path.at(-1)), allowed);
  const hint = guess === undefined ? `The keys here are ${allowed.join(", ")}.` : `Did you mean "${guess}"?`;
  return { ...source.positionOfKey(path), path: formatPath(path), message: "unknown key", hint };
}

function isShowable(path: Path): boolean {
  return path.at(-1) !== "externalId" && path.at(-1) !== "clientSecret" && !path.includes("secrets");
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, step) => {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    return Object.entries(current).find(([key]) => key === String(step))?.[1];
  }, value);
}
