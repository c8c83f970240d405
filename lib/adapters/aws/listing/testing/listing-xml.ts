import fc from "fast-check";

/** For tests: an object as a listing shows it. */
export type XmlObject = { key: string; sizeBytes: number; lastModifiedMs: number; etag: string };

export type XmlPage = {
  objects: readonly XmlObject[];
  nextToken: string | null;
  isUrlEncoded: boolean;
};

/** How a store may write the same page; `pick` gives the next of many small decisions, below its argument. */
export type XmlStyle = { pick: (below: number) => number };

export const PLAIN_STYLE: XmlStyle = { pick: () => 0 };

/** Letters of five scripts, characters that XML and URLs treat specially, and the edges of UTF-8 and UTF-16. */
export const HOSTILE_CHARACTERS = [
  ..."ab/-_.~",
  ...["é", "ß", "ω", "Ж", "日", "あ", "한", "ع", "\u{1F680}", "\u{10000}", "\u{10FFFF}", "\uD7FF", "\uE000", "\uFFFD"],
  ...[
    "+",
    "%",
    "%2F",
    "%41",
    " ",
    "&",
    "&amp;",
    "<",
    ">",
    "]]>",
    '"',
    "'",
    "</Key>",
    "\u0001",
    "\t",
    "\n",
    "\r",
    "\u007f",
  ],
];

export const hostileKey = fc
  .array(fc.constantFrom(...HOSTILE_CHARACTERS), { minLength: 1, maxLength: 8 })
  .chain((characters) => fc.constantFrom("", ".tflock").map((suffix) => characters.join("") + suffix));

/** Writes a page as S3 does, or in another of the ways that XML allows. */
export function writeListing(page: XmlPage, style: XmlStyle = PLAIN_STYLE): string {
  const { pick } = style;
  const encode = page.isUrlEncoded ? urlEncode : (text: string) => text;
  const head = [
    element("Name", "a-bucket", style),
    element("Prefix", "", style),
    element("KeyCount", String(page.objects.length), style),
    element("MaxKeys", "1000", style),
    ...(page.isUrlEncoded ? [element("EncodingType", "url", style)] : []),
    element("IsTruncated", String(page.nextToken !== null), style),
    ...(page.nextToken === null ? [] : [element("NextContinuationToken", page.nextToken, style)]),
    ...(pick(3) === 2
      ? ["<CommonPrefixes><Prefix>x/</Prefix><Key>no</Key></CommonPrefixes>", "<!-- <Contents> -->"]
      : []),
  ];
  const contents = page.objects.map((object) => {
    const fields = [
      element("Key", encode(object.key), style),
      element("LastModified", new Date(object.lastModifiedMs).toISOString(), style),
      element("ETag", object.etag, style),
      element("Size", String(object.sizeBytes), style),
      "<StorageClass>STANDARD</StorageClass>",
      ...(pick(4) === 3 ? ["<Owner><ID>1</ID><Key>no</Key></Owner>", "<Unknown a='>'/>", "<ChecksumType/>"] : []),
    ];
    return `<Contents>${join(shuffle(fields, style), style)}</Contents>`;
  });
  // Objects keep their order among each other; the rest may stand anywhere.
  const children = pick(2) === 0 ? [...head, ...contents] : mix(shuffle(head, style), contents, style);
  const prolog = ['<?xml version="1.0" encoding="UTF-8"?>\n', "", "<?xml version='1.0'?><!-- a -->\r\n"][pick(3)] ?? "";
  const name = "ListBucketResult";
  const attributes =
    pick(2) === 0 ? ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' : ` a = "/>"\n b='<'`.replace("<", "");
  return `${prolog}<${name}${attributes}>${join(children, style)}</${name}${space(style)}>${space(style)}`;
}

/** S3's `encoding-type=url`. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/").replaceAll("~", "%7E");
}

function element(name: string, text: string, style: XmlStyle): string {
  if (text === "" && style.pick(2) === 1) return `<${name}/>`;
  return `<${name}${space(style)}>${escapeText(text, style)}</${name}${space(style)}>`;
}

function escapeText(text: string, { pick }: XmlStyle): string {
  if (pick(8) === 7 && !text.includes("]]>") && !text.includes("\r")) return `<![CDATA[${text}]]>`;
  const escaped = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (pick(12) === 11) return `&#${code};`;
    if (pick(12) === 11) return `&#x${code.toString(16)};`;
    if (character === "\r" || (character === "\n" && text.trim() === "")) return `&#${code};`;
    if (character === "&") return "&amp;";
    if (character === "<") return "&lt;";
    if (character === ">") return "&gt;";
    if (character === '"' && pick(2) === 1) return "&quot;";
    if (character === "'" && pick(2) === 1) return "&apos;";
    return character;
  });
  if (pick(20) === 19) escaped.splice(pick(escaped.length + 1), 0, "<!-- a < b -->");
  return escaped.join("");
}

function join(parts: readonly string[], style: XmlStyle): string {
  return parts.map((part) => space(style) + part).join("");
}

function space({ pick }: XmlStyle): string {
  return ["", "", "", "\n  ", "\n", "\r\n\t"][pick(6)] ?? "";
}

function shuffle(parts: readonly string[], { pick }: XmlStyle): string[] {
  const rest = [...parts];
  const shuffled: string[] = [];
  while (rest.length > 0) shuffled.push(...rest.splice(pick(rest.length), 1));
  return shuffled;
}

function mix(a: readonly string[], b: readonly string[], { pick }: XmlStyle): string[] {
  const left = [...a];
  const right = [...b];
  const mixed: string[] = [];
  while (left.length + right.length > 0) {
    const next = pick(left.length + right.length) < left.length ? left : right;
    mixed.push(...next.splice(0, 1));
  }
  return mixed;
}
