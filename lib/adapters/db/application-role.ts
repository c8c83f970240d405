import pg from "pg";
import { PgBoss } from "pg-boss";
import { AppError } from "#lib/services/errors.ts";

/** What the application may do to each table: to a record, add it and write its outcome; to the trail, append through its function. */
const TABLE_GRANTS: readonly string[] = [
  "SELECT ON _prisma_migrations, audit_event, audit_index",
  "SELECT, INSERT ON audit_key, audit_checkpoint, half_content",
  "SELECT, INSERT, UPDATE ON source_state, sighting, scan_memory, audit_delivery",
  "SELECT, INSERT ON unlock, unlock_half, restore, restore_half, approval, break_glass, api_token",
  "UPDATE (last_used_at_ms, revoked_at_ms) ON api_token",
  "SELECT, INSERT, UPDATE, DELETE ON rate_take",
  "UPDATE (outcome, outcome_at_ms, holder_now_json) ON unlock",
  "UPDATE (outcome, outcome_at_ms) ON restore",
  "UPDATE (state, approver_json, approved_at_ms, comment_json, ended_by_json, ended_at_ms, end_note_json, unlock_id) ON approval",
  "UPDATE (reviewer_json, reviewed_at_ms, comment_json) ON break_glass",
  "UPDATE (outcome, detail_json, aws_request_ids_json) ON unlock_half, restore_half",
  "SELECT, INSERT, UPDATE ON person",
  "SELECT, INSERT, DELETE ON person_link",
  "SELECT, INSERT, UPDATE, DELETE ON sign_in_user, sign_in_account, sign_in_session, sign_in_verification",
];
const APPEND = "lockkeeper_append_audit(bytea, bytea, bytea, text)";

/**
 * Gives the role of `applicationUrl` what it needs and nothing more: no DDL, no INSERT into the trail. Run as the owner after
 * every migration. Throws AppError `unavailable` when that role could take the rest for itself.
 */
export async function grantApplicationRole(owner: pg.Client, applicationUrl: string): Promise<string> {
  const role = await readRole(applicationUrl);
  await refusePowerfulRole(owner, role);
  const name = pg.escapeIdentifier(role);
  const { rows } = await owner.query<{ schema: string; database: string }>(
    "SELECT current_schema() AS schema, current_database() AS database",
  );
  const schema = pg.escapeIdentifier(rows[0]?.schema ?? "public");
  const database = pg.escapeIdentifier(rows[0]?.database ?? "");
  await owner.query("BEGIN");
  await owner.query(`REVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC, ${name}`);
  await owner.query(`REVOKE CREATE, TEMPORARY ON DATABASE ${database} FROM PUBLIC, ${name}`);
  await owner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${name}`);
  for (const grant of TABLE_GRANTS) await owner.query(`GRANT ${grant} TO ${name}`);
  await owner.query(`GRANT EXECUTE ON FUNCTION ${APPEND} TO ${name}`);
  await owner.query(`GRANT USAGE ON SCHEMA pgboss TO ${name}`);
  await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO ${name}`);
  await owner.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO ${name}`);
  await owner.query("COMMIT");
  return role;
}

/** Installs or migrates the tables of the job queue, which the application's role cannot do itself. */
export async function installJobTables(ownerUrl: string): Promise<void> {
  const options = { supervise: false, schedule: false, persistQueueStats: false, max: 2 };
  const queue = new PgBoss({ connectionString: ownerUrl, application_name: "lockkeeper-migrations", ...options });
  queue.on("error", () => undefined);
  await queue.start();
  await queue.stop({ graceful: false });
}

async function readRole(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_500 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ role: string }>("SELECT current_user AS role");
    return rows[0]?.role ?? "";
  } finally {
    await client.end();
  }
}

async function refusePowerfulRole(owner: pg.Client, role: string): Promise<void> {
  const { rows } = await owner.query<{ is_powerful: boolean }>(
    `SELECT rolsuper OR rolcreaterole OR pg_has_role(oid, current_user::regrole, 'MEMBER')
       OR pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = 'audit_event'::regclass), 'MEMBER') AS is_powerful
     FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  if (rows[0]?.is_powerful === false) return;
  throw new AppError(`The role ${role} of DATABASE_URL owns the records or could make itself their owner.`, {
    code: "unavailable",
    hint: "Create a role for the application with LOGIN and nothing else, and name it in DATABASE_URL; DATABASE_OWNER_URL names the owner.",
  });
}
