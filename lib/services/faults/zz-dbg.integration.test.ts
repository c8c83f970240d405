import { test } from "vitest";
import { listSources } from "#lib/services/list-sources.ts";
import { runRestoreInterleavings } from "#lib/services/testing/restore-interleavings.ts";
import { openWorld } from "#lib/services/testing/world.ts";

test("dbg", async () => {
  const world = await openWorld();
  try {
    process.stdout.write(JSON.stringify(await runRestoreInterleavings(world, 300)));
  } catch (e) {
    process.stdout.write(
      String(e) +
        JSON.stringify(await listSources(world.ctx), null, 1) +
        JSON.stringify(world.sandbox.journal().slice(-8), null, 1),
    );
  }
  await world.close();
}, 120000);
