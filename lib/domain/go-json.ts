/** One member of a JSON object as Go's decoder meets it. */
export type JsonMember = {
  readonly name: string;
  readonly kind: "string" | "null" | "number" | "boolean" | "object" | "array";
  /** The value as it stands in the text, with its quotes. */
  readonly source: string;
};

const OBJECT_START = /[ \t\r\n]*\{/y;
const MEMBER_SEPARATOR = /[ \t\r\n]*(,|\})/y;
const NAME_SEPARATOR = /[ \t\r\n]*:[ \t\r\n]*/y;
const SPACES = /[ \t\r\n]*/y;
/** Go compares field names by simple Unicode folding: the long s is an s (and the Kelvin sign a k, here as there). */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll("ſ", "s");
}

/** Deepest nesting of objects and arrays; quoted brackets do not count. */
export function measureDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) deepest = Math.max(deepest, ++depth);
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return deepest;
}

/**
 * The members of the object a text begins with, duplicates kept and in order. Stops without complaint at the first thing
 * it cannot read: whether the whole text is JSON is for `JSON.parse` to say.
 */
export function listMembers(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let at = skip(OBJECT_START, text, 0);
  while (at !== null) {
    at = skip(SPACES, text, at) ?? at;
    if (text.charCodeAt(at) !== QUOTE) break;
    const nameEnd = endOfString(text, at);
    const name = parseString(text.slice(at, nameEnd));
    const valueStart = skip(NAME_SEPARATOR, text, nameEnd);
    if (name === null || valueStart === null) break;
    const valueEnd = endOfValue(text, valueStart);
    const member = toMember(name, text.slice(valueStart, valueEnd));
    if (member === null) break;
    members.push(member);
    MEMBER_SEPARATOR.lastIndex = valueEnd;
    at = MEMBER_SEPARATOR.exec(text)?.[1] === "," ? MEMBER_SEPARATOR.lastIndex : null;
  }
  return members;
}

/** The text of a JSON string with its quotes; null when it is not one. */
export function parseString(source: string): string | null {
  if (PLAIN_STRING.test(source)) return source.slice(1, -1);
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** Without escapes nothing needs decoding; most strings are like that. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a string
const PLAIN_STRING = /^"[^"\\\x00-\x1f]*"$/;
const LITERAL_END = /[ \t\r\n,}\]]|$/g;

function skip(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Just after the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    LITERAL_END.lastIndex = start;
    return LITERAL_END.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  return text.length;
}

function toMember(name: string, source: string): JsonMember | null {
  const kind = kindOf(source);
  return kind === null ? null : { name, kind, source };
}

function kindOf(source: string): JsonMember["kind"] | null {
  if (source.startsWith("{")) return "object";
  if (source.startsWith("[")) return "array";
  if (source.startsWith('"')) return parseString(source) === null ? null : "string";
  if (source === "null") return "null";
  if (source === "true" || source === "false") return "boolean";
  return /^-?\d/.test(source) ? "number" : null;
}
