import { foldName, type JsonMember, listMembers, measureDepth, parseString } from "./go-json.ts";
import { parseLockTime } from "./lock-time.ts";

/** What a lock says of itself. Null where it says nothing; never trusted, and never more than text. */
export type LockInfo = {
  readonly id: string | null;
  readonly operation: string | null;
  readonly info: string | null;
  readonly who: string | null;
  readonly version: string | null;
  readonly created: string | null;
  readonly path: string | null;
};

export const LOCK_TEXT_FLAGS = ["ambiguous", "invalid_utf8", "lone_surrogate", "bom", "truncated", "too_deep"] as const;
export type LockTextFlag = (typeof LOCK_TEXT_FLAGS)[number];

/** `malformed` is what Terraform cannot decode; the fields that can still be told are kept for display. */
export type LockText = {
  readonly verdict: "lock" | "malformed";
  readonly problem: string | null;
  readonly info: LockInfo;
  readonly flags: readonly LockTextFlag[];
};

/** Go allows 10,000; nobody writes more than one. What is deeper is shown as malformed without being parsed. */
const DEPTH_MAX = 32;

const FIELD_NAMES = ["id", "operation", "info", "who", "version", "created", "path"] as const;
type FieldName = (typeof FIELD_NAMES)[number];

const FIELDS: ReadonlyMap<string, FieldName> = new Map(FIELD_NAMES.map((name) => [name, name]));

const SHOWN_NAMES: Readonly<Record<FieldName, string>> = {
  id: "ID",
  operation: "Operation",
  info: "Info",
  who: "Who",
  version: "Version",
  created: "Created",
  path: "Path",
};

/** Reads lock text as Terraform (Go's encoding/json) would. Never throws, whatever the bytes are. */
export function parseLockText(bytes: Uint8Array, options: { readonly isTruncated?: boolean } = {}): LockText {
  const isTruncated = options.isTruncated ?? false;
  const flags = new Set<LockTextFlag>(isTruncated ? ["truncated"] : []);
  const text = decodeText(bytes, isTruncated, flags);
  const depth = measureDepth(text);
  if (depth > DEPTH_MAX) flags.add("too_deep");
  const syntaxProblem = findSyntaxProblem(text, bytes.length, flags);

  const fields = groupFields(listMembers(flags.has("bom") ? text.slice(1) : text));
  if ([...fields.values()].some((members) => members.length > 1)) flags.add("ambiguous");
  const problem = syntaxProblem ?? findFieldProblem(fields);
  const info = readInfo(fields, problem === null, flags);
  return { verdict: problem === null ? "lock" : "malformed", problem, info, flags: [...flags] };
}

function decodeText(bytes: Uint8Array, isTruncated: boolean, flags: Set<LockTextFlag>): string {
  // A cut in the middle of a character is not the writer's fault: `stream` leaves that character out.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: isTruncated });
  if (text.startsWith("\ufeff")) flags.add("bom");
  if (text.includes("\ufffd") && !isValidUtf8(bytes, isTruncated)) flags.add("invalid_utf8");
  return text;
}

function isValidUtf8(bytes: Uint8Array, isTruncated: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isTruncated });
    return true;
  } catch {
    return false;
  }
}

/** Go reads the same grammar as JavaScript, and reads it to the end before it decodes anything. */
function findSyntaxProblem(text: string, sizeBytes: number, flags: ReadonlySet<LockTextFlag>): string | null {
  if (sizeBytes === 0) return "it is empty";
  if (flags.has("truncated")) return "it is larger than the 64 KiB that are read";
  if (flags.has("too_deep")) return `it is nested deeper than ${DEPTH_MAX} levels`;
  if (flags.has("bom")) return "it begins with a byte order mark, so it is not valid JSON";
  if (/^[ \t\r\n]*$/.test(text)) return "it is blank";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not valid JSON";
  }
  if (value === null) return "it is null";
  if (Array.isArray(value)) return "it is an array, not an object";
  return typeof value === "object" ? null : `it is a ${typeof value}, not an object`;
}

function groupFields(members: readonly JsonMember[]): ReadonlyMap<FieldName, readonly JsonMember[]> {
  const fields = new Map<FieldName, JsonMember[]>();
  for (const member of members) {
    const field = FIELDS.get(foldName(member.name));
    if (field === undefined) continue;
    const same = fields.get(field);
    if (same === undefined) fields.set(field, [member]);
    else same.push(member);
  }
  return fields;
}

/** Go stops at any value of a wrong type, also at one that a later duplicate would replace. */
function findFieldProblem(fields: ReadonlyMap<FieldName, readonly JsonMember[]>): string | null {
  for (const name of FIELD_NAMES) {
    for (const member of fields.get(name) ?? []) {
      if (member.kind === "null") continue;
      if (member.kind !== "string") return `its ${SHOWN_NAMES[name]} is ${withArticle(member.kind)}, not a string`;
      // Go reads the time from the raw text between the quotes, so an escape in it is an error too.
      if (name === "created" && parseLockTime(member.source.slice(1, -1)) === null) return "its Created is not a time";
    }
  }
  return readField(fields.get("id") ?? [], true) ? null : "it has no ID";
}

function withArticle(kind: JsonMember["kind"]): string {
  return kind === "object" || kind === "array" ? `an ${kind}` : `a ${kind}`;
}

function readInfo(
  fields: ReadonlyMap<FieldName, readonly JsonMember[]>,
  isLock: boolean,
  flags: Set<LockTextFlag>,
): LockInfo {
  const read = (name: FieldName): string | null => {
    const value = readField(fields.get(name) ?? [], isLock);
    if (value === null || value.isWellFormed()) return value;
    flags.add("lone_surrogate");
    return value.toWellFormed();
  };
  return {
    id: read("id") || null,
    operation: read("operation"),
    info: read("info"),
    who: read("who"),
    version: read("version"),
    created: read("created"),
    path: read("path"),
  };
}

/** The last string wins and `null` changes nothing, as in Go; in malformed text only what is said in one way counts. */
function readField(members: readonly JsonMember[], isLock: boolean): string | null {
  const values = members.filter((member) => member.kind === "string").map((member) => parseString(member.source));
  if (!isLock && new Set(values).size > 1) return null;
  return values.at(-1) ?? null;
}
