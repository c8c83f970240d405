export type JsonRecord = Readonly<Record<string, unknown>>;

/** A field that is a record, or an empty one: a line of the trail may say anything, and reading it must not throw. */
export function pickRecord(record: JsonRecord, name: string): JsonRecord {
  const value = pick(record, name);
  return isRecord(value) ? value : {};
}

/** A field that is text with something in it. */
export function pickText(record: JsonRecord, name: string): string | null {
  const value = pick(record, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** A field that is a list; whatever else is there is an empty one. */
export function pickList(record: JsonRecord, name: string): readonly unknown[] {
  const value = pick(record, name);
  return Array.isArray(value) ? value : [];
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pick(record: JsonRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
