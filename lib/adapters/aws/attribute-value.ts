import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Readonly<Record<string, AttributeValue>>;

/** Writes an attribute as DynamoDB JSON: binaries as base64, names and members of sets in a fixed order. */
export function formatAttribute(value: AttributeValue): string {
  return JSON.stringify(toPlain(value));
}

/** Reads what `formatAttribute` wrote; null when it is no attribute. */
export function parseAttribute(json: string): AttributeValue | null {
  try {
    return fromPlain(JSON.parse(json));
  } catch {
    return null;
  }
}

/** Writes a whole item as DynamoDB JSON; the same item always gives the same text. */
export function formatItem(item: Item): string {
  return JSON.stringify(toPlainMap(item));
}

/** Reads what `formatItem` wrote; null when it is no item. */
export function parseItem(json: string): Record<string, AttributeValue> | null {
  return parseAttribute(`{"M":${json}}`)?.M ?? null;
}

function toPlain(value: AttributeValue): object {
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: value.N };
  if (value.B !== undefined) return { B: toBase64(value.B) };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.NULL !== undefined) return { NULL: value.NULL };
  if (value.SS !== undefined) return { SS: value.SS.toSorted() };
  if (value.NS !== undefined) return { NS: value.NS.toSorted() };
  if (value.BS !== undefined) return { BS: value.BS.map(toBase64).toSorted() };
  if (value.L !== undefined) return { L: value.L.map(toPlain) };
  if (value.M !== undefined) return { M: toPlainMap(value.M) };
  return {};
}

function toPlainMap(map: Item): object {
  const entries = Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // Entries, not assignment: an attribute may be called __proto__.
  return Object.fromEntries(entries.map(([name, value]) => [name, toPlain(value)]));
}

function fromPlain(plain: unknown): AttributeValue {
  if (!isRecord(plain)) throw new SyntaxError("An attribute is an object.");
  const [tag, value] = Object.entries(plain)[0] ?? [];
  if ((tag === "S" || tag === "N") && typeof value === "string") return tag === "S" ? { S: value } : { N: value };
  if (tag === "B" && typeof value === "string") return { B: fromBase64(value) };
  if (tag === "BOOL" && typeof value === "boolean") return { BOOL: value };
  if (tag === "NULL" && value === true) return { NULL: true };
  if (tag === "M" && isRecord(value)) {
    return { M: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromPlain(inner)])) };
  }
  if (tag === "L" && Array.isArray(value)) return { L: value.map(fromPlain) };
  if (Array.isArray(value) && value.every((member) => typeof member === "string")) {
    if (tag === "SS") return { SS: value };
    if (tag === "NS") return { NS: value };
    if (tag === "BS") return { BS: value.map(fromBase64) };
  }
  throw new SyntaxError("Unknown kind of attribute.");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
