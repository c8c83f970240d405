import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { World } from "./world.ts";

/** Changes what one event says while the product is down, as one who owns its database could, and starts it again. */
export async function tamper(world: World, seq: number, text: { from: string; to: string }): Promise<void> {
  await world.product.stop();
  const database = await PGlite.create(join(world.folder, "data", "database"));
  await database.exec("ALTER TABLE audit_event DISABLE TRIGGER USER");
  await database.query(
    "UPDATE audit_event SET event = convert_to(replace(convert_from(event, 'UTF8'), $1, $2), 'UTF8') WHERE seq = $3",
    [text.from, text.to, seq],
  );
  await database.exec("ALTER TABLE audit_event ENABLE TRIGGER USER");
  await database.close();
  await world.product.start();
}
