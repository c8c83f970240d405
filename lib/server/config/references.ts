import { readFileSync } from "node:fs";
import type { Path } from "./yaml-source.ts";

export type ReferenceSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile?: ((path: string) => string) | undefined;
};

export type ReferenceProblem = { readonly path: Path; readonly message: string; readonly hint: string };

const REFERENCE = /\$\{([^}]*)\}?/g;
const DEPTH_MAX = 32;

/**
 * Replaces `${env:NAME}` and `${file:/path}` inside the strings of parsed YAML, so that a value can never add structure.
 * Problems name the variable or the file, never what it holds.
 */
export function resolveReferences(
  value: unknown,
  sources: ReferenceSources,
): { value: unknown; problems: readonly ReferenceProblem[] } {
  const problems: ReferenceProblem[] = [];
  return { value: resolve(value, []), problems };

  function resolve(current: unknown, path: Path): unknown {
    if (path.length > DEPTH_MAX) return null;
    if (typeof current === "string") return resolveText(current, path);
    if (Array.isArray(current)) return current.map((item, index) => resolve(item, [...path, index]));
    if (!isPlainObject(current)) return current;
    return Object.fromEntries(Object.entries(current).map(([key, item]) => [key, resolve(item, [...path, key])]));
  }

  function resolveText(text: string, path: Path): string {
    return text.replaceAll(REFERENCE, (reference, body: string) => {
      const found = reference.endsWith("}") ? lookUp(body, sources) : NOT_A_REFERENCE;
      if ("text" in found) return found.text;
      problems.push({ path, ...found });
      return reference;
    });
  }
}

type Lookup = { readonly text: string } | { readonly message: string; readonly hint: string };

const NOT_A_REFERENCE = {
  message: "has a reference that cannot be read",
  hint: "Write $" + "{env:NAME} or $" + "{file:/absolute/path}.",
};

function lookUp(body: string, sources: ReferenceSources): Lookup {
  const [, name] = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(body) ?? [];
  if (name !== undefined) {
    const text = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined;
    if (text !== undefined) return { text };
    return { message: `the environment variable ${name} is not set`, hint: `Set ${name} before Lockkeeper starts.` };
  }
  const [, path] = /^file:(\/[^\0]*)$/.exec(body) ?? [];
  return path === undefined ? NOT_A_REFERENCE : lookUpFile(path, sources.readFile ?? readText);
}

function lookUpFile(path: string, readFile: (path: string) => string): Lookup {
  try {
    return { text: readFile(path).replace(/\r?\n$/, "") };
  } catch {
    const hint = "Create the file, or let the user that runs Lockkeeper read it.";
    return { message: `the file ${JSON.stringify(path)} cannot be read`, hint };
  }
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
