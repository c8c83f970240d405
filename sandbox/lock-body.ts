/** The fields of a lock that differ; the rest is what Terraform writes. */
export type LockFields = {
  id: string;
  operation: string;
  who: string;
  /** `bucket/key` of the state. */
  path: string;
  createdMs: number;
  /** Digits below the millisecond, as Go's clock has them. */
  createdNanos?: number;
  version?: string;
  info?: string;
};

/** Writes a lock byte for byte as Terraform does: one line, Go's field order and Go's escapes. */
export function formatLockBody(fields: LockFields): string {
  const created = formatGoTime(fields.createdMs, fields.createdNanos ?? 0);
  const values: [string, string][] = [
    ["ID", fields.id],
    ["Operation", fields.operation],
    ["Info", fields.info ?? ""],
    ["Who", fields.who],
    ["Version", fields.version ?? "1.11.4"],
    ["Created", created],
    ["Path", fields.path],
  ];
  return `{${values.map(([name, value]) => `"${name}":${formatGoString(value)}`).join(",")}}`;
}

/** RFC 3339 with up to nine fractional digits and no trailing zeros. */
function formatGoTime(atMs: number, nanos: number): string {
  const [whole = "", fraction = ""] = new Date(atMs).toISOString().replace("Z", "").split(".");
  const digits = `${fraction}${String(nanos).padStart(6, "0")}`.replace(/0+$/, "");
  return digits === "" ? `${whole}Z` : `${whole}.${digits}Z`;
}

/** Go's `json.Marshal` also escapes what HTML or JavaScript could misread. */
function formatGoString(text: string): string {
  return JSON.stringify(text).replace(
    /[&<>\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
