export type Fields = Readonly<Record<string, unknown>>;

/** The properties of anything, so that what others made can be looked at without trusting its type. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
