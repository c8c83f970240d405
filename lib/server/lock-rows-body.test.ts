import { gunzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { acceptsGzip, createLockRowsBody } from "./lock-rows-body.ts";

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
  ["gzip, deflate, br", true],
  ["br;q=1.0, GZIP;q=0.8", true],
  ["gzip;q=0", false],
  ["gzip; q=0.0", false],
  ["identity", false],
  ["", false],
  [null, false],
])("Accept-Encoding %s: %s", (header, isAccepted) => {
  expect(acceptsGzip(header)).toBe(isAccepted);
});
