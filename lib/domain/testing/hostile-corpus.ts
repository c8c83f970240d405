import { HOSTILE_FIELDS, HOSTILE_TIMES } from "./hostile-fields.ts";
import { aLockText, encode } from "./lock-text-builder.ts";

export type HostileRow = `H${number}`;
/** `row` names the threat in the table of hostile input that the entry stands for. */
export type HostileBody = { readonly name: string; readonly row: HostileRow; readonly bytes: Uint8Array };

const BODY_LENGTH_MAX = 65_536;

function text(name: string, source: string): HostileBody {
  return bytes(name, encode(source));
}

function bytes(name: string, content: Uint8Array): HostileBody {
  const row = Number(/^H(\d\d)-/.exec(name)?.[1] ?? 0);
  return { name, row: `H${row}`, bytes: content };
}

/** Every hostile value in `Who`, where everybody looks, and in `Info`, where nobody does. */
const inFields = HOSTILE_FIELDS.flatMap(({ name, value }) => [
  text(`${name}-in-who`, aLockText({ Who: `${value}@host` })),
  text(`${name}-in-info`, aLockText({ Info: value })),
]);

const inEveryField = HOSTILE_FIELDS.filter(({ isForAll }) => isForAll).map(({ name, value }) =>
  text(
    `${name}-in-every-field`,
    aLockText({ ID: value, Operation: value, Info: value, Who: value, Version: value, Path: value }),
  ),
);

const notText = [
  bytes("H08-invalid-utf8-in-who", insertByte(aLockText({ Who: "a|b@host" }), 0xff)),
  bytes("H08-overlong-slash", insertBytes(aLockText({ Who: "a|b@host" }), [0xc0, 0xaf])),
  bytes("H08-utf8-surrogate", insertBytes(aLockText({ Who: "a|b@host" }), [0xed, 0xa0, 0x80])),
  bytes("H08-cut-in-a-character", encode(aLockText({ Who: "é" })).slice(0, -1)),
  bytes("H08-bom", Uint8Array.of(0xef, 0xbb, 0xbf, ...encode(aLockText()))),
  bytes("H08-utf16-le", toUtf16(aLockText(), true)),
  bytes("H08-utf16-be-bom", Uint8Array.of(0xfe, 0xff, ...toUtf16(aLockText(), false))),
  bytes(
    "H08-latin1",
    Uint8Array.from(aLockText({ Who: "josé@host" }), (each) => each.charCodeAt(0) & 0xff),
  ),
  bytes("H08-only-ff", new Uint8Array(64).fill(0xff)),
  text("H08-lone-high-surrogate", `{"ID":"a","Who":"\\ud800@host"}`),
  text("H08-lone-low-surrogate", `{"ID":"a\\udc00","Who":"a@host"}`),
  text("H08-swapped-surrogates", `{"ID":"a","Who":"\\udc00\\ud800@host"}`),
  text("H07-escaped-nul", `{"ID":"a\\u0000b","Who":"a\\u0000@host"}`),
  bytes("H07-raw-nul", insertByte(aLockText({ Who: "a|b@host" }), 0)),
  bytes("H07-only-nul", new Uint8Array(32)),
];

const notALock = [
  bytes("H09-empty", new Uint8Array(0)),
  text("H09-space", " "),
  text("H09-white-space", " \t\r\n\n"),
  text("H09-null", "null"),
  text("H09-array", "[]"),
  text("H09-array-of-locks", `[${aLockText()}]`),
  text("H09-string", `"x"`),
  text("H09-number", "123"),
  text("H09-true", "true"),
  text("H09-empty-object", "{}"),
  text("H09-empty-id", aLockText({ ID: "" })),
  text("H09-id-number", aLockText({ ID: 123 })),
  text("H09-id-null", aLockText({ ID: null })),
  text("H09-id-object", aLockText({ ID: { ID: "a" } })),
  text("H09-who-array", aLockText({ Who: ["a@host"] })),
  text("H09-who-false", aLockText({ Who: false })),
  text("H10-cut", aLockText().slice(0, 100)),
  text("H10-cut-in-an-escape", `{"ID":"a","Who":"\\u00`),
  text("H10-cut-after-a-colon", `{"ID":"a","Who":`),
  text("H10-trailing-text", `${aLockText()} x`),
  text("H10-two-documents", aLockText() + aLockText({ ID: "other" })),
  text("H10-two-lines", `${aLockText()}\n${aLockText({ ID: "other" })}`),
  text("H10-nan", `{"ID":"a","Serial":NaN}`),
  text("H10-comment", `{"ID":"a" /* held */}`),
  text("H10-line-comment", `// held\n${aLockText()}`),
  text("H10-trailing-comma", `{"ID":"a",}`),
  text("H10-single-quotes", `{'ID':'a'}`),
  text("H10-bare-names", "{ID:1}"),
  text("H10-raw-line-break-in-a-string", `{"ID":"a\nb"}`),
  text("H10-raw-tab-in-a-string", `{"ID":"a\tb"}`),
  text("H10-bad-escape", `{"ID":"a\\x41"}`),
  text("H10-leading-zero", `{"ID":"a","Serial":01}`),
  text("H10-html", "<!doctype html><title>403 Forbidden</title>"),
  text("H10-xml", `<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>`),
  text("H10-yaml", "ID: a\nWho: a@host\n"),
];

const ambiguous = [
  text("H11-duplicate-id", `{"ID":"a","ID":"b"}`),
  text("H11-case-variant-id", `{"ID":"a","id":"b"}`),
  text("H11-three-variants", `{"id":"x","ID":"y","iD":"z"}`),
  text("H11-null-after-id", `{"ID":"a","ID":null}`),
  text("H11-number-before-id", `{"ID":1,"ID":"a"}`),
  text("H11-lower-case", `{"id":"a","who":"a@host","created":"2026-11-23T03:38:13Z","path":"b/k"}`),
  text("H11-long-s", `{"ID":"a","Ver\u017fion":"1.0.0","Version":"2.0.0"}`),
  text("H11-dotted-i", `{"\u0130D":"a","\u0131d":"b"}`),
  text("H11-escaped-name", `{"\\u0049D":"a","ID":"b"}`),
  text("H11-two-who", `{"ID":"a","Who":"friend@laptop","WHO":"mallory@host"}`),
  text("H11-nested-id", `{"ID":"a","Lock":{"ID":"b"}}`),
  text("H11-id-in-a-string", `{"Info":"\\",\\"ID\\":\\"b\\"","ID":"a"}`),
];

const prototypes = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON"].flatMap(
  (name) => [
    text(`H12-${name}-object`, `{"ID":"a","${name}":{"id":"b","who":"mallory@host"}}`),
    text(`H12-${name}-string`, `{"${name}":"b","ID":"a"}`),
  ],
);

const large = [
  text("H13-deep-arrays", "[".repeat(BODY_LENGTH_MAX)),
  text("H13-deep-objects", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
  text("H13-deep-in-a-lock", `{"ID":"a","X":${"[".repeat(30_000)}${"]".repeat(30_000)}}`),
  text("H13-33-levels", `{"ID":"a","X":${"[".repeat(32)}${"]".repeat(32)}}`),
  text("H13-brackets-in-a-string", aLockText({ Info: "[{".repeat(5000) })),
  text("H14-as-large-as-read", aLockText({ Info: "x".repeat(BODY_LENGTH_MAX) }).slice(0, BODY_LENGTH_MAX)),
  bytes("H14-gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...new Uint8Array(500))),
  text("H14-large-white-space", " ".repeat(BODY_LENGTH_MAX)),
  text("H15-many-keys", `{"ID":"a"${Array.from({ length: 5000 }, (_, n) => `,"k${n}":${n}`).join("")}}`),
  text("H15-same-key", `{"ID":"a"${',"ID":"b"'.repeat(7000)}}`),
  text("H15-long-who", aLockText({ Who: `${"w".repeat(60_000)}@host` })),
  text("H15-long-info", aLockText({ Info: "long ".repeat(12_000) })),
  text("H15-many-lines", aLockText({ Info: "line\n".repeat(10_000) })),
  text("H15-many-at-signs", aLockText({ Who: "@".repeat(30_000) })),
];

const times = HOSTILE_TIMES.map(({ name, value }) => text(`H16-created-${name}`, aLockText({ Created: value })));

const places = [
  "other-bucket/network/terraform.tfstate",
  "../../etc/passwd",
  "acme-tfstate/../other/terraform.tfstate",
  "acme-tfstate/network/terraform.tfstate.tflock",
  "s3://acme-tfstate/network/terraform.tfstate",
  "arn:aws:s3:::acme-tfstate/network/terraform.tfstate",
  "",
  "/",
].map((value, index) => text(`H17-path-${index + 1}`, aLockText({ Path: value })));

const ids = [
  "' OR '1'='1",
  "'; DROP TABLE unlocks; --",
  "%",
  "_",
  "(a+)+$",
  "../../x",
  "a".repeat(10_000),
  "null",
  "undefined",
  "0",
].map((value, index) => text(`H18-id-${index + 1}`, aLockText({ ID: value })));

const items = [
  text("H22-item-without-info", `{"LockID":{"S":"acme-tfstate/network/terraform.tfstate"}}`),
  text("H22-info-number", `{"LockID":{"S":"acme-tfstate/a"},"Info":{"N":"1"}}`),
  text("H22-info-binary", `{"LockID":{"S":"acme-tfstate/a"},"Info":{"B":"AAEC"}}`),
  text("H22-info-map", `{"LockID":{"S":"acme-tfstate/a"},"Info":{"M":{"ID":{"S":"a"}}}}`),
  text("H22-digest", `{"LockID":{"S":"acme-tfstate/a-md5"},"Digest":{"S":"d41d8cd98f00b204e9800998ecf8427e"}}`),
];

/** What anybody who may write to a state bucket or a lock table can put there. The same bytes on every machine. */
export const hostileBodies: readonly HostileBody[] = [
  ...inFields,
  ...inEveryField,
  ...notText,
  ...notALock,
  ...ambiguous,
  ...prototypes,
  ...large,
  ...times,
  ...places,
  ...ids,
  ...items,
];

/** State keys that are valid in S3 (with `.tflock` at most 1,024 bytes) and have broken listings, URLs or signatures. */
export const hostileKeys: readonly { readonly name: string; readonly key: string }[] = [
  { name: "H19-question-mark", key: "a?b=c&d.tfstate" },
  { name: "H19-hash", key: "a#b.tfstate" },
  { name: "H19-percent", key: "a%b.tfstate" },
  { name: "H19-encoded-dot", key: "a/%2e%2e/b.tfstate" },
  { name: "H19-encoded-slash", key: "a%2Fb.tfstate" },
  { name: "H19-double-encoded", key: "a%252Fb.tfstate" },
  { name: "H19-space", key: "net work/prod.tfstate" },
  { name: "H19-plus", key: "a+b/c+d.tfstate" },
  { name: "H19-space-and-plus", key: "a b+c%20d.tfstate" },
  { name: "H19-edge-spaces", key: " a / b.tfstate " },
  { name: "H19-newline", key: "a\nb.tfstate" },
  { name: "H19-carriage-return", key: "a\rb.tfstate" },
  { name: "H19-tab", key: "a\tb.tfstate" },
  { name: "H19-markup", key: "a&b<c>\"d'/x.tfstate" },
  { name: "H19-script", key: "<script>alert(1)</script>.tfstate" },
  { name: "H19-emoji", key: "🔒/👩‍👩‍👧/terraform.tfstate" },
  { name: "H19-private-use", key: "\ue000/terraform.tfstate" },
  { name: "H19-first-astral", key: "\u{10000}/terraform.tfstate" },
  { name: "H19-composed", key: "caf\u00e9.tfstate" },
  { name: "H19-decomposed", key: "cafe\u0301.tfstate" },
  { name: "H19-bidi", key: "prod/\u202eetatsft.live\u202c.tfstate" },
  { name: "H19-zero-width", key: "prod/terra\u200bform.tfstate" },
  { name: "H19-longest", key: `${"k".repeat(1024 - ".tflock".length)}` },
  { name: "H19-longest-in-bytes", key: `${"é".repeat(508)}x` },
  { name: "H19-leading-slash", key: "/a.tfstate" },
  { name: "H19-double-slash", key: "a//b.tfstate" },
  { name: "H19-dot", key: "a/./b.tfstate" },
  { name: "H19-dot-dot", key: "a/../b.tfstate" },
  { name: "H19-only-dots", key: ".." },
  { name: "H19-ends-in-tflock", key: "a.tfstate.tflock" },
  { name: "H19-ends-in-md5", key: "a.tfstate-md5" },
  { name: "H19-workspace", key: "env:/dev/net/prod.tfstate" },
  { name: "H19-workspace-without-key", key: "env:/dev" },
  { name: "H19-prototype", key: "__proto__" },
  { name: "H19-constructor", key: "constructor" },
  { name: "H19-one-character", key: "k" },
  { name: "H19-backslash", key: "a\\b.tfstate" },
  { name: "H19-comma-and-semicolon", key: "a,b;c=d.tfstate" },
  { name: "H19-colon-and-at", key: "a:b@c.tfstate" },
  { name: "H19-tilde-and-star", key: "~a*b(c)!d'e.tfstate" },
  { name: "H19-formula", key: "=1+1.tfstate" },
];

/** Puts a raw byte in the place of the text's first bar. */
function insertByte(source: string, byte: number): Uint8Array {
  return insertBytes(source, [byte]);
}

function insertBytes(source: string, inserted: readonly number[]): Uint8Array {
  const [before = "", after = ""] = source.split("|");
  return Uint8Array.of(...encode(before), ...inserted, ...encode(after));
}

function toUtf16(source: string, isLittleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(source.length * 2));
  for (let at = 0; at < source.length; at++) view.setUint16(at * 2, source.charCodeAt(at), isLittleEndian);
  return new Uint8Array(view.buffer);
}
