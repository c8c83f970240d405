import { gunzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { createLockRowsBody, wantsGzip } from "./lock-rows-body.ts";

test("one version is written once and compressed once, however many ask", async () => {
  const write = vi.fn<() => string>(() => '{"rows":[]}');
  const body = createLockRowsBody("e.1", write);

  const [first, second] = await Promise.all([body.gzipped(), body.gzipped()]);

  expect(gunzipSync(first).toString()).toBe('{"rows":[]}');
  expect(first).toBe(second);
  expect(new TextDecoder().decode(body.plain())).toBe('{"rows":[]}');
  expect(write).toHaveBeenCalledOnce();
});

test.each([
  ["application/gzip", true],
  ["application/json, Application/GZIP", true],
  ["application/json", false],
  ["*/*", false],
  [null, false],
])("Accept %s: %s", (header, isWanted) => {
  expect(wantsGzip(header)).toBe(isWanted);
});
