import { expect, test, vi } from "vitest";
import { encodeEvent, openEventViewer } from "./event-stream.ts";

const BIG = new Uint8Array(200 * 1024);

test("a viewer that does not read is dropped before much waits for it", () => {
  const viewer = openEventViewer(() => undefined);

  const sent = Array.from({ length: 5 }, () => viewer.send(BIG));

  expect(sent).toEqual([true, true, true, false, false]);
});

test("a viewer that reads gets everything, in order, and the end", async () => {
  const viewer = openEventViewer(() => undefined);
  viewer.send(encodeEvent("news", '{"a":1}', "e.1"));
  viewer.send(encodeEvent("news", '{"a":2}', "e.2"));
  viewer.close();

  expect(await new Response(viewer.stream).text()).toBe(
    'event: news\nid: e.1\ndata: {"a":1}\n\nevent: news\nid: e.2\ndata: {"a":2}\n\n',
  );
  expect(viewer.send(BIG)).toBe(false);
});

test("a viewer that leaves is noticed, and nothing is sent to it", async () => {
  const onGone = vi.fn<() => void>();
  const viewer = openEventViewer(onGone);

  await viewer.stream.cancel();

  expect(onGone).toHaveBeenCalledOnce();
  expect(viewer.send(BIG)).toBe(false);
});
