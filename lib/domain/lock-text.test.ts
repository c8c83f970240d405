import fc from "fast-check";
import { expect, test } from "vitest";
import { LOCK_TEXT_FLAGS, parseLockText } from "./lock-text.ts";
import { measureCpuMs } from "./testing/cpu-time.ts";
import { hostileBodies } from "./testing/hostile-corpus.ts";
import { aLockText, encode } from "./testing/lock-text-builder.ts";

const INFO_KEYS = ["id", "operation", "info", "who", "version", "created", "path"];

function parse(text: string) {
  return parseLockText(encode(text));
}

test("reads what Terraform writes", () => {
  const text =
    '{"ID":"b029be34-5bd1-f780-2c36-edc99ddcb1f6","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4","Created":"2026-11-23T03:38:13.200871696Z","Path":"acme-tf/a\\u0026b\\u003cc\\u003e/x"}';

  expect(parse(text)).toEqual({
    verdict: "lock",
    problem: null,
    flags: [],
    info: {
      id: "b029be34-5bd1-f780-2c36-edc99ddcb1f6",
      operation: "OperationTypeApply",
      info: "",
      who: "root@vm",
      version: "1.11.4",
      created: "2026-11-23T03:38:13.200871696Z",
      path: "acme-tf/a&b<c>/x",
    },
  });
});

test.each([
  ["a later name wins, whatever its case", '{"ID":"a","id":"b"}', "b"],
  ["the last of three wins", '{"id":"x","ID":"y","iD":"z"}', "z"],
  ["null changes nothing", '{"ID":"a","ID":null}', "a"],
  ["an escaped name is the name", '{"\\u0049d":"b"}', "b"],
  ["a dotless i is another letter", '{"ID":"a","\u0131D":"b","\u0130D":"c"}', "a"],
  ["a nested name is another field", '{"ID":"a","x":{"ID":"b"},"y":[{"ID":"c"}]}', "a"],
  ["a name inside a string is text", '{"Info":"\\",\\"ID\\":\\"b\\"","ID":"a"}', "a"],
  ["white space of JSON is allowed around it", ' \t\r\n{ "ID" : "a" }\n', "a"],
])("reads the ID as Go does: %s", (_, text, id) => {
  expect(parse(text)).toMatchObject({ verdict: "lock", info: { id } });
});

test("folds the long s and the Kelvin sign as Go does", () => {
  expect(parse('{"ID":"a","Ver\u017fion":"1.2.3"}').info.version).toBe("1.2.3");
  expect(parse('{"ID":"a","\u212aey":"x"}').verdict).toBe("lock");
});

test.each([
  ["", "it is empty"],
  [" \n", "it is blank"],
  ["null", "it is null"],
  ["[]", "it is an array, not an object"],
  ['"x"', "it is a string, not an object"],
  ["123", "it is a number, not an object"],
  ["true", "it is a boolean, not an object"],
  ["not json", "it is not valid JSON"],
  ['{"ID":"a"} x', "it is not valid JSON"],
  ['{"ID":"a"}{"ID":"b"}', "it is not valid JSON"],
  ['\ufeff{"ID":"a"}', "it begins with a byte order mark, so it is not valid JSON"],
  ["{}", "it has no ID"],
  ['{"ID":""}', "it has no ID"],
  ['{"ID":null}', "it has no ID"],
  ['{"ID":123}', "its ID is a number, not a string"],
  ['{"ID":1,"ID":"a"}', "its ID is a number, not a string"],
  ['{"ID":"a","Who":["b"]}', "its Who is an array, not a string"],
  ['{"ID":"a","Info":{}}', "its Info is an object, not a string"],
  ['{"ID":"a","Version":false}', "its Version is a boolean, not a string"],
  ['{"ID":"a","Created":""}', "its Created is not a time"],
  ['{"ID":"a","Created":"2026-13-01T00:00:00Z"}', "its Created is not a time"],
  ['{"ID":"a","Created":"2026\\u002d11-23T00:00:00Z"}', "its Created is not a time"],
  [`{"ID":"a","X":${"[".repeat(32)}${"]".repeat(32)}}`, "it is nested deeper than 32 levels"],
])("calls %j malformed", (text, problem) => {
  expect(parse(text)).toMatchObject({ verdict: "malformed", problem });
});

test("allows 32 levels and any bracket in a string", () => {
  expect(parse(`{"ID":"a","X":${"[".repeat(31)}${"]".repeat(31)}}`).verdict).toBe("lock");
  expect(parse(aLockText({ Info: "[{".repeat(1000) })).verdict).toBe("lock");
});

test.each([
  ["a cut body", '{"ID":"a","Who":"b@host","Ver', { id: "a", who: "b@host", version: null }],
  ["a cut value", '{"ID":"a","Who":"b@ho', { id: "a", who: null }],
  ["trailing text", '{"ID":"a","Who":"b@host"} x', { id: "a", who: "b@host" }],
  ["a byte order mark", '\ufeff{"ID":"a"}', { id: "a" }],
  ["a bad date", '{"ID":"a","Created":"yesterday"}', { id: "a", created: "yesterday" }],
  ["a wrong type elsewhere", '{"ID":"a","Who":1,"Path":"b/k"}', { id: "a", who: null, path: "b/k" }],
  ["two different IDs", '{"ID":"a","ID":"b","Who":"x@y"', { id: null, who: "x@y" }],
])("still shows what %s says clearly", (_, text, info) => {
  expect(parse(text)).toMatchObject({ verdict: "malformed", info });
});

test("says that a truncated body was not read whole, without blaming the cut character", () => {
  const bytes = encode(aLockText({ Info: "é".repeat(100) })).slice(0, -50);
  const cut = parseLockText(bytes.slice(0, bytes.length - (bytes.length % 2 === 0 ? 1 : 0)), { isTruncated: true });

  expect(cut).toMatchObject({ verdict: "malformed", flags: ["truncated"] });
  expect(cut.problem).toContain("64 KiB");
});

test.each([
  ["a duplicate", encode('{"ID":"a","id":"a"}'), "ambiguous"],
  ["a raw byte", Uint8Array.of(...encode('{"ID":"a'), 0xff, ...encode('"}')), "invalid_utf8"],
  ["half a surrogate pair", encode('{"ID":"a","Who":"\\ud800"}'), "lone_surrogate"],
  ["a byte order mark", encode('\ufeff{"ID":"a"}'), "bom"],
  ["depth", encode("[".repeat(1000)), "too_deep"],
])("flags %s", (_, bytes, flag) => {
  expect(parseLockText(bytes).flags).toEqual([flag]);
});

test("does not flag a replacement character that was written as one", () => {
  expect(parse('{"ID":"a\ufffd"}').flags).toEqual([]);
});

test("never returns half a surrogate pair, which a database would refuse", () => {
  expect(parse('{"ID":"\\ud800","Who":"\\udc00"}').info).toMatchObject({ id: "\ufffd", who: "\ufffd" });
});

test("reads the whole hostile corpus without throwing or touching a prototype", () => {
  for (const { bytes } of hostileBodies) {
    const { info, flags, verdict, problem } = parseLockText(bytes);
    expect(Object.keys(info)).toEqual(INFO_KEYS);
    expect(Object.getPrototypeOf(info)).toBe(Object.prototype);
    expect(flags.every((flag) => LOCK_TEXT_FLAGS.includes(flag))).toBe(true);
    expect(problem === null).toBe(verdict === "lock");
  }
  expect("who" in {}).toBe(false);
});

test("never throws on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isTruncated) => {
      const { info } = parseLockText(bytes, { isTruncated });
      expect(Object.keys(info)).toEqual(INFO_KEYS);
    }),
    { numRuns: 2000 },
  );
});

/** Bytes that are nearly a lock find more than noise does. */
const damagedLock = fc
  .tuple(fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), fc.nat(400))
  .map(([changes, length]) => {
    const bytes = encode(aLockText({ Who: 'é"\\@host' }));
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return bytes.slice(0, length);
  });

test("calls a damaged lock a lock only if it is JSON", () => {
  fc.assert(
    fc.property(damagedLock, (bytes) => {
      const { verdict } = parseLockText(bytes);
      expect(verdict === "lock" && !isJson(bytes)).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}

test("agrees with JSON.parse on every well-formed canonical body", () => {
  const field = fc.string({ unit: "binary", maxLength: 30 });
  const fields = fc.record({
    ID: field.filter((id) => id !== ""),
    Operation: field,
    Info: field,
    Who: field,
    Version: field,
    Path: field,
  });
  fc.assert(
    fc.property(fields, fc.dictionary(fc.string({ minLength: 10 }), fc.jsonValue({ maxDepth: 5 })), (lock, extra) => {
      const text = JSON.stringify({ ...extra, ...lock });
      const { verdict, info } = parse(text);
      const expected = JSON.parse(text) as typeof lock;
      expect(verdict).toBe("lock");
      expect(info).toMatchObject({ id: expected.ID, operation: expected.Operation, info: expected.Info });
      expect(info).toMatchObject({ who: expected.Who, version: expected.Version, path: expected.Path });
    }),
    { numRuns: 1000 },
  );
});

test("needs a few milliseconds at most for 64 KiB, however it is made", () => {
  const slowest = hostileBodies.map(({ name, bytes }) => ({ name, ms: medianMs(() => parseLockText(bytes)) }));
  // The worst needs 5 ms, and a quadratic parser seconds.
  expect(slowest.filter(({ ms }) => ms > 25)).toEqual([]);
});

function medianMs(run: () => void): number {
  const times = Array.from({ length: 5 }, () => measureCpuMs(run));
  return times.sort((a, b) => a - b)[2] ?? 0;
}
