import { hostname } from "node:os";
import { expect, test } from "vitest";
import { HOSTILE_FIELDS } from "#lib/domain/testing/hostile-fields.ts";
import { createLogger } from "./logger.ts";

const REQUEST = { requestId: "01REQUEST", actor: { kind: "person", name: "riley", authenticatedBy: "local" } };
/** Nothing that ends a line somewhere, moves a cursor, or hides or turns around what stands beside it. */
const VISIBLE_LINE = /^[^\p{C}\p{Zl}\p{Zp}]*\n$/u;

function logTo(lines: string[]) {
  return createLogger("info", { write: (line) => lines.push(line) }).child(REQUEST);
}

test("a line says when in UTC, where, who, by which request, and what", () => {
  const lines: string[] = [];
  logTo(lines).warn({ sourceId: "a" }, "could not be read");

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: 40,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    host: hostname(),
    pid: process.pid,
    ...REQUEST,
    sourceId: "a",
    msg: "could not be read",
  });
});

test.each(HOSTILE_FIELDS)(
  "whatever a field, its name or the message holds, it is one line and reads back: $name",
  ({ value }) => {
    const lines: string[] = [];
    logTo(lines).error({ email: value, nested: { reason: value, [value]: [value] } }, value);

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(VISIBLE_LINE);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      email: value,
      nested: { reason: value, [value]: [value] },
      msg: value,
    });
  },
);

test.each(["password", "secret", "clientSecret", "sessionToken", "secretAccessKey", "authorization", "cookie"])(
  "what is called %s is left out, at the top and one below it",
  (name) => {
    const lines: string[] = [];
    logTo(lines).info({ [name]: "canary-1", asked: { [name]: "canary-2" } }, "somebody asked");

    expect(lines.join("")).not.toContain("canary");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ [name]: "[redacted]", asked: { [name]: "[redacted]" } });
  },
);
