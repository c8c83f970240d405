import { expect, test, vi } from "vitest";
import { createUpdater } from "./updater.ts";

test("however often it is asked while one runs, one more follows, and nobody waits for longer than that", async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  const updater = createUpdater({
    everyMs: 0,
    onSettled: () => undefined,
    update: () => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    },
  });
  const first = updater.request();
  await vi.waitFor(() => expect(gates).toHaveLength(1));

  const later = [updater.request(), updater.request(), updater.pending()];
  gates[0]?.resolve();
  await first;
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  gates[1]?.resolve();
  await Promise.all(later);

  expect(gates).toHaveLength(2);
  await updater.pending();
});

test("a failed update ends the wait too, and its reason is told", async () => {
  const settled: unknown[] = [];
  const failure = new Error("database is away");
  const updater = createUpdater({
    everyMs: 0,
    onSettled: (error) => settled.push(error),
    update: () => Promise.reject(failure),
  });

  await updater.request();

  expect(settled).toEqual([failure]);
});

test("what is stopped begins nothing, and lets go who waits", async () => {
  const update = vi.fn<() => Promise<void>>(async () => undefined);
  const updater = createUpdater({ everyMs: 3_600_000, onSettled: () => undefined, update });
  await updater.request();

  const waiting = updater.request();
  updater.stop();

  await waiting;
  await updater.request();
  expect(update).toHaveBeenCalledOnce();
});
