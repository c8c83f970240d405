import { z } from "zod";
import { ConfigSchema } from "./schema.ts";

type SchemaNode = z.core.JSONSchema.BaseSchema;

// A reference is replaced after parsing, so an editor must accept it wherever text may stand.
const REFERENCE = "\\$\\{(?:env|file):|";

/** The JSON Schema that editors check `lockkeeper.yaml` against; it also feeds the hints of our own errors. */
export const configJsonSchema: SchemaNode = z.toJSONSchema(ConfigSchema, {
  io: "input",
  override({ jsonSchema }) {
    if (jsonSchema.pattern !== undefined) jsonSchema.pattern = orReference(jsonSchema.pattern);
    for (const part of jsonSchema.allOf ?? []) {
      if (typeof part === "object" && part.pattern !== undefined) part.pattern = orReference(part.pattern);
    }
  },
});

/** The text of `docs/lockkeeper.schema.json`. */
export function configSchemaText(): string {
  const title = "lockkeeper.yaml";
  return `${JSON.stringify({ title, ...configJsonSchema }, null, 2)}\n`;
}

/** What to write at `path`, as the schema describes it; the nearest described parent answers for a gap. */
export function hintAt(path: readonly PropertyKey[]): string {
  const described = nodesAlong(path).findLast((node) => node.description !== undefined);
  return described?.description ?? "Write a mapping with accounts, and optionally scan, restore, audit and access.";
}

/** The keys that may stand in the mapping at `path`. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const nodes = nodesAlong(path);
  return nodes.length === path.length + 1 ? Object.keys(nodes.at(-1)?.properties ?? {}) : [];
}

function nodesAlong(path: readonly PropertyKey[]): SchemaNode[] {
  const nodes = [configJsonSchema];
  for (const step of path) {
    const node = nodes.at(-1);
    const next = typeof step === "number" ? node?.items : node?.properties?.[String(step)];
    if (typeof next !== "object" || Array.isArray(next)) break;
    nodes.push(next);
  }
  return nodes;
}

function orReference(pattern: string): string {
  return pattern.startsWith(REFERENCE) ? pattern : REFERENCE + pattern;
}
