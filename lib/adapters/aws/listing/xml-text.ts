import { ListingFormatError } from "./listing-error.ts";
import { endOf, skipDeclaration, startsWith } from "./xml-bytes.ts";

const AMPERSAND = 0x26;
const LESS = 0x3c;
const RETURN = 0x0d;
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const ENTITY_LENGTH_MAX = 12;

/** Reads a text as XML means it: entities, CDATA sections and line ends resolved, comments left out. */
export function readXmlText(bytes: Buffer, start: number, end: number): Buffer {
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i];
    if (byte === AMPERSAND || byte === LESS || byte === RETURN) return resolve(bytes, start, end);
  }
  return bytes.subarray(start, end);
}

function resolve(bytes: Buffer, start: number, end: number): Buffer {
  const parts: Buffer[] = [];
  let from = start;
  let at = start;
  const cut = (resolved: Buffer, next: number) => {
    parts.push(bytes.subarray(from, at), resolved);
    from = next;
    at = next;
  };
  while (at < end) {
    const byte = bytes[at];
    if (byte === AMPERSAND) {
      const stop = bytes.indexOf(";", at, "latin1");
      if (stop < 0 || stop - at > ENTITY_LENGTH_MAX) throw new ListingFormatError("an & stands alone");
      cut(Buffer.from(readEntity(bytes.toString("latin1", at + 1, stop))), stop + 1);
    } else if (byte === RETURN) {
      cut(NEW_LINE, bytes[at + 1] === 0x0a ? at + 2 : at + 1);
    } else if (byte === LESS && startsWith(bytes, at, "<![CDATA[")) {
      const next = endOf(bytes, "]]>", at + 9);
      cut(withoutReturns(bytes.subarray(at + 9, next - 3)), next);
    } else if (byte === LESS) {
      cut(NOTHING, skipDeclaration(bytes, at));
    } else {
      at += 1;
    }
  }
  parts.push(bytes.subarray(from, end));
  return Buffer.concat(parts);
}

const NOTHING = Buffer.alloc(0);
const NEW_LINE = Buffer.from("\n");

function withoutReturns(cdata: Buffer): Buffer {
  if (!cdata.includes(RETURN)) return cdata;
  return Buffer.from(cdata.toString("latin1").replace(/\r\n?/g, "\n"), "latin1");
}

function readEntity(name: string): string {
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (named !== undefined) return named;
  const hex = /^#x([\da-fA-F]{1,6})$/.exec(name)?.[1];
  const decimal = /^#(\d{1,7})$/.exec(name)?.[1];
  const code = hex === undefined ? (decimal === undefined ? -1 : Number(decimal)) : Number.parseInt(hex, 16);
  const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  if (!isCharacter) throw new ListingFormatError("it has an unknown entity");
  return String.fromCodePoint(code);
}
