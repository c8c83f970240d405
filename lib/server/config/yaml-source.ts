import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { ConfigProblem } from "./config.ts";

export type Path = readonly PropertyKey[];

/** A parsed YAML text that still knows where everything stands. */
export type YamlSource = {
  readonly value: unknown;
  /** Where the value at `path` stands, or its nearest parent when it is missing. */
  positionOf(path: Path): { line: number; column: number };
  /** Where the key that ends `path` stands. */
  positionOfKey(path: Path): { line: number; column: number };
  /** The plain scalar as it was typed, before YAML made a number or a boolean of it. */
  typedText(path: Path): string | undefined;
};

const TEXT_LENGTH_MAX = 1024 * 1024;
const ALIASES_MAX = 100;

/** Parses YAML 1.2 without tags, duplicate keys or alias bombs; never throws. */
export function parseYaml(
  text: string,
): { ok: true; source: YamlSource } | { ok: false; problems: readonly ConfigProblem[] } {
  if (text.length > TEXT_LENGTH_MAX) return failed(1, 1, "the file is larger than 1 MiB", "Split or shorten it.");
  const lines = new LineCounter();
  try {
    // Pretty errors would quote the line, and a line may hold a secret.
    const options = { schema: "core", lineCounter: lines, prettyErrors: false, stringKeys: true } as const;
    const document = parseDocument(text, options);
    const complaints = [...document.errors, ...document.warnings];
    if (complaints.length > 0) {
      const problems = complaints.map((error) => ({
        ...position(lines, error.pos[0]),
        path: "",
        message: firstLine(error.message),
        hint: YAML_HINTS[error.code] ?? "Correct the YAML here.",
      }));
      return { ok: false, problems };
    }
    const value = toValue(document);
    if (value === BAD_ALIASES) {
      const { line, column } = position(lines, firstAliasOffset(document));
      return failed(line, column, "the YAML uses aliases that cannot be followed", "Write the values out instead.");
    }
    return { ok: true, source: toSource(document, lines, value) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Thousands of open brackets overflow the parser's stack.
    return failed(1, 1, "the YAML is nested too deeply", "Lockkeeper needs five levels at most.");
  }
}

const BAD_ALIASES = Symbol("bad aliases");

function toValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return BAD_ALIASES;
  }
}

function firstAliasOffset(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

const YAML_HINTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "Keep one of the two.",
  MULTIPLE_DOCS: "Keep one document: remove the line ---.",
  TAB_AS_INDENT: "Indent with spaces.",
  BAD_INDENT: "Indent with two spaces for each level.",
  TAG_RESOLVE_FAILED: "Remove the tag that begins with an exclamation mark.",
  NON_STRING_KEY: "Write the key as plain text.",
  MISSING_CHAR: "Close what is open here, such as a quote or a bracket.",
};

function toSource(document: Document.Parsed, lines: LineCounter, value: unknown): YamlSource {
  return {
    value,
    positionOf: (path) => position(lines, nodesAlong(document, path).at(-1)?.value.range?.[0]),
    positionOfKey(path) {
      const found = nodesAlong(document, path);
      const last = found.length === path.length + 1 ? found.at(-1) : undefined;
      return position(lines, (last?.key ?? found.at(-1)?.value)?.range?.[0]);
    },
    typedText(path) {
      const found = nodesAlong(document, path);
      const node = found.length === path.length + 1 ? found.at(-1)?.value : undefined;
      return isScalar(node) && node.type === "PLAIN" ? node.source : undefined;
    },
  };
}

type Found = { readonly key?: Node; readonly value: Node };

function nodesAlong(document: Document.Parsed, path: Path): Found[] {
  if (document.contents === null) return [];
  const found: Found[] = [{ value: document.contents }];
  for (const step of path) {
    const next = childOf(document, found.at(-1)?.value, step);
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}

function childOf(document: Document.Parsed, parent: Node | undefined, step: PropertyKey): Found | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq<Node>(node)) {
    const value = node.items[Number(step)];
    return value && { value };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair && { key: pair.key, value: pair.value ?? pair.key };
}

function position(lines: LineCounter, offset: number | undefined): { line: number; column: number } {
  const { line, col } = lines.linePos(offset ?? 0);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").replaceAll(/\p{Cc}/gu, "?");
}

function failed(line: number, column: number, message: string, hint: string) {
  return { ok: false as const, problems: [{ line, column, path: "", message, hint }] };
}
