import { afterEach, expect, test, vi } from "vitest";
import { printFigure, SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";
import { startProxyTo, type TcpProxy } from "#lib/services/testing/tcp-proxy.ts";
import { HOLDER_A, holdS3, lockText, openWorld } from "#lib/services/testing/world.ts";

/** A query has 15 s at the server, and 5 s more until the client gives up. */
const GIVEN_UP_MS_MAX = 25_000;

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(SOAK_STORES.filter((store) => store === "postgres"))(
  "F1: when %s falls silent in the middle of a conversation, the unlock is given up, and nothing is written to AWS",
  async (store) => {
    useStore(store);
    let wire: TcpProxy | undefined;
    const world = await openWorld({
      databaseVia: async (url) => {
        const through = await startProxyTo(url);
        wire = through.proxy;
        return through.url;
      },
    });
    try {
      holdS3(world, lockText(HOLDER_A));
      await world.scan();
      const lock = await world.onlyLock();
      wire?.hang();

      const startedMs = performance.now();
      await expect(world.unlock(lock)).rejects.toMatchObject({ code: "unavailable" });
      const tookMs = Math.round(performance.now() - startedMs);

      printFigure("F1 silent database", { tookMs });
      expect(tookMs).toBeLessThan(GIVEN_UP_MS_MAX);
      expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
    } finally {
      wire?.cut();
      await wire?.pass();
      await world.close();
      await wire?.close();
    }
  },
);
