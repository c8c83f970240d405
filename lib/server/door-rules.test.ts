import { expect, test } from "vitest";
import { decideAtDoor } from "./door-rules.ts";

const ASKED = { method: "GET", target: "/", contentLength: undefined, routerState: undefined };

test.each(["TRACE", "CONNECT", "PROPFIND", "get", ""])("the method %j is refused", (method) => {
  expect(decideAtDoor({ ...ASKED, method })).toMatchObject({ status: 405, allow: expect.stringContaining("GET") });
});

test.each(["/%zz", "/api/v1/locks/%c0%af", "/%", "/a/%E0%A4%A", "/%ff"])(
  "the path %s, which no one can decode, is refused",
  (target) => {
    expect(decideAtDoor({ ...ASKED, target })).toMatchObject({ status: 400 });
  },
);

test.each(["http://evil.example/", "*", "evil.example:443", ""])(
  "the target %j, which is no path, is refused",
  (target) => {
    expect(decideAtDoor({ ...ASKED, target })).toMatchObject({ status: 400 });
  },
);

test("an address is refused by the length it has when it is encoded", () => {
  expect(decideAtDoor({ ...ASKED, target: `/${"a".repeat(6_000)}` })).toEqual({ verdict: "pass" });
  expect(decideAtDoor({ ...ASKED, target: `/${"a".repeat(6_200)}` })).toMatchObject({ status: 414 });
  expect(decideAtDoor({ ...ASKED, target: `/${'"'.repeat(2_100)}` })).toMatchObject({ status: 414 });
});

test.each([
  ["/api/v1/scans", 65_536, 65_537],
  ["/api/v1/unlocks?x=1", 524_288, 524_289],
  ["/api/v1/unlocks/id/restore", 65_536, 65_537],
  ["/", 65_536, 65_537],
])("%s takes a body of %i bytes and none of %i", (target, longest, longer) => {
  expect(decideAtDoor({ ...ASKED, method: "POST", target, contentLength: String(longest) })).toEqual({
    verdict: "pass",
  });
  expect(decideAtDoor({ ...ASKED, method: "POST", target, contentLength: String(longer) })).toMatchObject({
    status: 413,
  });
});

test.each(["/unlocks/%00", "/api/v1/unlocks?cursor=a%00"])(
  "the target %s, by which the database can find nothing, is refused",
  (target) => {
    expect(decideAtDoor({ ...ASKED, target })).toMatchObject({ status: 400 });
  },
);

test("a tree that Next's router did not send is refused", () => {
  expect(decideAtDoor({ ...ASKED, routerState: "%5B%22%22%5D" })).toMatchObject({ status: 400 });
  expect(decideAtDoor({ ...ASKED, routerState: "%5B%22%22%2C%7B%7D%5D" })).toEqual({ verdict: "pass" });
});

test("what the product itself asks for passes", () => {
  for (const target of ["/", "/locks/abc?unlock=true", "/?q=%C3%A4%20%25&x=%zz", "/_next/static/chunks/a~b.js", "//a"])
    expect(decideAtDoor({ ...ASKED, target })).toEqual({ verdict: "pass" });
});
