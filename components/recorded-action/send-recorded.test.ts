import { expect, test } from "vitest";
import { newIdempotencyKey, readReply } from "./send-recorded.ts";

const RECORD = { id: "01A", outcome: "changed", halves: [] };

test("an answer with a record is a record, whatever its status", () => {
  const error = { code: "changed", message: "The lock changed.", hint: "Look.", requestId: "r" };

  expect(readReply(200, { ...RECORD, outcome: "released" }).kind).toBe("recorded");
  expect(readReply(409, { ...RECORD, error }).kind).toBe("recorded");
});

test("an error of ours without a record means that nothing was sent", () => {
  const error = { code: "unavailable", message: "No record could be written.", hint: "Look at the database." };

  expect(readReply(503, { error })).toEqual({
    kind: "declined",
    problem: { ...error, requestId: null },
  });
});

test("an error of a gateway, or one nobody expected, is never taken for a refusal", () => {
  expect(readReply(502, "Bad gateway").kind).toBe("lost");
  expect(readReply(500, { error: { code: "unexpected", message: "m", hint: "h" } }).kind).toBe("lost");
  expect(readReply(200, {}).kind).toBe("lost");
});

test("two dialogs never share a key", () => {
  expect(newIdempotencyKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
});
