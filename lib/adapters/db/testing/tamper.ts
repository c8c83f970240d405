import type { Database } from "#lib/adapters/db/database.ts";

const RECHAIN = `DO $$
DECLARE
  previous bytea := decode(repeat('00', 32), 'hex');
  row record;
BEGIN
  FOR row IN SELECT seq, event FROM audit_event ORDER BY seq LOOP
    UPDATE audit_event SET prev_hash = previous, hash = sha256(previous || int8send(row.seq) || row.event) WHERE seq = row.seq;
    SELECT hash INTO previous FROM audit_event WHERE seq = row.seq;
  END LOOP;
END
$$`;

/** For tests: does to the trail what the owner of the database can do, with every trigger switched off. */
export async function tamper(database: Database, statements: readonly string[]): Promise<void> {
  const tables = ["audit_event", "audit_index", "audit_checkpoint"];
  await database.prisma.$transaction(async (tx) => {
    for (const table of tables) await tx.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    for (const statement of statements) await tx.$executeRawUnsafe(statement);
    for (const table of tables) await tx.$executeRawUnsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  });
}

/** As `tamper`, and makes every number, link and hash right again, so that only signatures and checkpoints are left to tell. */
export function tamperAndRechain(database: Database, statements: readonly string[]): Promise<void> {
  return tamper(database, [...statements, RECHAIN]);
}

/** Changes what an event says. */
export function rewriteEvent(seq: number): string {
  return `UPDATE audit_event SET event = convert_to(replace(convert_from(event, 'UTF8'), 'alice', 'mallory'), 'UTF8') WHERE seq = ${seq}`;
}
