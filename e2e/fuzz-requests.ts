import fc from "fast-check";
import type { RawRequest } from "./raw-request.ts";
import { METHODS, type Route, type Subjects } from "./route-table.ts";

/** What parsers stumble over. */
const ODD_TEXTS = [
  "",
  "null",
  "0",
  "-1",
  "1e999",
  "NaN",
  "__proto__",
  "constructor",
  "\u0000",
  "\r\nx-injected: 1",
  "\u202e\ufeff\u{1f512}",
  "' OR 1=1 --",
  "%",
  "../../../../etc/passwd",
  "{{7*7}}",
  "<script>alert(1)</script>",
  "9999-12-31T23:59:59Z",
  "a".repeat(3_000),
];
/** Segments as they go over the wire: some do not decode, some mean something to Next. */
const ODD_SEGMENTS = [
  "%zz",
  "%c0%af",
  "%00",
  "%2e%2e%2f",
  "..",
  ".",
  "%5c",
  "[key]",
  "_next",
  "a%2fb",
  "%F0%9F%94%92",
  "%C3%A9",
];
const ODD_ENDS = ["/", "//", "/extra", ".rsc", ".txt", ".json", "%20", ";a=b", "/.segments/_tree.segment.rsc"];
const QUERY_NAMES = [
  ..."limit cursor q since format from to key actor account outcome sort minAge status bucket wait".split(" "),
  ..."unlock unlockId action after size _rsc nxtPkey __nextDefaultLocale __proto__ key[]".split(" "),
];
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  host: ["127.0.0.1", "evil.example", "127.0.0.1:99999", "[::1", "a b"],
  origin: ["null", "https://evil.example", "http://127.0.0.1"],
  "content-type": ["application/json", "text/plain", "application/json; charset=utf-16", "multipart/form-data", "x"],
  accept: ["*/*", "text/x-component", "text/html", "application/jsonl"],
  "accept-encoding": ["gzip", "br, gzip;q=0", "identity;q=0"],
  "idempotency-key": ["fuzz", "", "a".repeat(300)],
  "if-none-match": ["*", '"x"', "W/"],
  "last-event-id": ["0", "-1", "x.y", "99999999999999999999"],
  range: ["bytes=0-", "bytes=-1", "bytes=9-1,2-3"],
  cookie: ["a", "__Host-x=%zz; ;=", "x=".repeat(500)],
  "next-action": ["x", "a".repeat(42)],
  "next-router-state-tree": [
    "x",
    "%5B%22%22%5D",
    "%zz",
    encodeURIComponent('["",{},null,"refetch"]'),
    encodeURIComponent('["",{}]'),
  ],
  "next-router-prefetch": ["1"],
  "next-router-segment-prefetch": ["/_tree", "/../x"],
  rsc: ["1"],
  "next-url": ["/", "//evil.example"],
  "sec-fetch-site": ["same-origin", "cross-site", "none"],
  "sec-fetch-mode": ["navigate", "cors"],
  "x-forwarded-host": ["evil.example"],
  "x-forwarded-proto": ["https", "x"],
  "x-forwarded-for": ["1.2.3.4, x"],
  "x-http-method-override": ["DELETE"],
  "x-middleware-subrequest": [Array(5).fill("proxy").join(":")],
  "x-matched-path": ["/api/v1/unlocks"],
  "x-nonce": ['"><script>'],
  "content-security-policy": ["script-src 'nonce-\"><script>'"],
};

/** Requests of one route, most of them almost right: what is wrong everywhere is refused by the first check it meets. */
export function requestsOf(route: Route, subjects: Subjects): fc.Arbitrary<RawRequest> {
  return fc
    .record({
      method: fc.oneof({ weight: 6, arbitrary: methodOf(route) }, { weight: 1, arbitrary: oddMethod }),
      path: pathOf(route, subjects),
      query: queryOf,
      headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: oddHeaders }),
      body: fc.option(bodyOf(route, subjects), { nil: undefined, freq: 3 }),
    })
    .map(({ method, path, query, headers, body }) => ({
      method,
      path: `${path}${query}`,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && method !== "GET" && method !== "HEAD" && { body }),
    }));
}

const text = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.integer().map(String),
);
const oddMethod = fc.constantFrom(...METHODS, "TRACE", "PROPFIND", "M-SEARCH", "QUERY", "PURGE");
const oddHeaders = fc
  .uniqueArray(fc.constantFrom(...Object.keys(HEADERS)), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(HEADERS[name] ?? []))]))),
  );

const queryOf = fc.oneof(
  fc.constant(""),
  fc
    .array(fc.tuple(fc.constantFrom(...QUERY_NAMES), text), { minLength: 1, maxLength: 4 })
    .map((pairs) => `?${new URLSearchParams(pairs)}`),
  fc.constantFrom("?", "?%zz", "?=&&=", "?limit=1&limit=2", "?q=%c0%af", "?a[b]=c", "?#"),
);

function methodOf({ answers }: Route): fc.Arbitrary<string> {
  return fc.constantFrom(...answers);
}

function pathOf({ path }: Route, { lock, unlockId }: Subjects): fc.Arbitrary<string> {
  const segment = fc.oneof(
    { weight: 3, arbitrary: fc.constant(path.includes("[id]") ? unlockId : lock.key) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_SEGMENTS) },
    { weight: 2, arbitrary: text.map(encodeURIComponent) },
  );
  const end = fc.oneof(
    { weight: 5, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_ENDS) },
  );
  return fc.tuple(segment, end).map(([value, tail]) => path.replace(/\[\w+\]/, () => value) + tail);
}

/** Its own body with some fields changed, or anything at all; never one that could be acted upon. */
function bodyOf(route: Route, subjects: Subjects): fc.Arbitrary<string> {
  const own: Readonly<Record<string, unknown>> = { ...Object(route.body?.(subjects)), fingerprint: "not-this-one" };
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), text);
  const changed = fc
    .tuple(fc.subarray(Object.keys(own)), fc.dictionary(fc.constantFrom(...Object.keys(own), "__proto__"), value))
    .map(([kept, changes]) =>
      JSON.stringify({ ...Object.fromEntries(kept.map((name) => [name, own[name]])), ...changes }),
    );
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: text },
    {
      weight: 1,
      arbitrary: fc.constantFrom("[".repeat(20_000), `{"a":${"9".repeat(5_000)}}`, "\ufeff{}", "x".repeat(70_000)),
    },
  );
}
