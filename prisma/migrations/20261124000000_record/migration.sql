-- AlterTable
ALTER TABLE "unlock_half" ADD COLUMN     "aws_date_ms" BIGINT,
ADD COLUMN     "recreate_json" TEXT;

-- CreateTable
CREATE TABLE "audit_index" (
    "seq" BIGINT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "action" TEXT NOT NULL,
    "actor_json" TEXT NOT NULL,
    "account_json" TEXT,
    "state_path_json" TEXT,
    "outcome" TEXT,
    "unlock_id" TEXT,

    CONSTRAINT "audit_index_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_checkpoint" (
    "size" BIGINT NOT NULL,
    "key_id" TEXT NOT NULL,
    "root" BYTEA NOT NULL,
    "note" BYTEA NOT NULL,
    "at_ms" BIGINT NOT NULL,

    CONSTRAINT "audit_checkpoint_pkey" PRIMARY KEY ("size","key_id")
);

-- CreateTable
CREATE TABLE "audit_delivery" (
    "destination_hash" TEXT NOT NULL,
    "destination_json" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "delivered_at_ms" BIGINT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "retry_at_ms" BIGINT,
    "error_json" TEXT,

    CONSTRAINT "audit_delivery_pkey" PRIMARY KEY ("destination_hash")
);

-- CreateTable
CREATE TABLE "restore" (
    "id" TEXT NOT NULL,
    "unlock_id" TEXT NOT NULL,
    "actor_json" TEXT NOT NULL,
    "idempotency_key_json" TEXT NOT NULL,
    "idempotency_hash" TEXT NOT NULL,
    "lock_key_hash" TEXT NOT NULL,
    "reason_json" TEXT NOT NULL,
    "requested_at_ms" BIGINT NOT NULL,
    "intent_at_ms" BIGINT,
    "deadline_at_ms" BIGINT,
    "outcome" TEXT NOT NULL,
    "outcome_at_ms" BIGINT,

    CONSTRAINT "restore_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "restore_half" (
    "restore_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "source_json" TEXT NOT NULL,
    "mechanism" TEXT NOT NULL,
    "location_json" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail_json" TEXT NOT NULL,
    "aws_request_ids_json" TEXT NOT NULL,

    CONSTRAINT "restore_half_pkey" PRIMARY KEY ("restore_id","position")
);

-- CreateIndex
CREATE INDEX "audit_index_unlock_id_idx" ON "audit_index"("unlock_id");

-- CreateIndex
CREATE INDEX "audit_index_action_seq_idx" ON "audit_index"("action", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "restore_idempotency_hash_key" ON "restore"("idempotency_hash");

-- CreateIndex
CREATE INDEX "restore_unlock_id_idx" ON "restore"("unlock_id");

-- CreateIndex
CREATE INDEX "restore_lock_key_hash_idx" ON "restore"("lock_key_hash");

-- AddForeignKey
ALTER TABLE "restore" ADD CONSTRAINT "restore_unlock_id_fkey" FOREIGN KEY ("unlock_id") REFERENCES "unlock"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "restore_half" ADD CONSTRAINT "restore_half_restore_id_fkey" FOREIGN KEY ("restore_id") REFERENCES "restore"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What the diff cannot say, as in the guards of the migration before. Every trigger is ENABLE ALWAYS.

ALTER TABLE "audit_checkpoint" ADD CONSTRAINT "audit_checkpoint_root_check" CHECK (octet_length("root") = 32);
ALTER TABLE "restore" ADD CONSTRAINT "restore_outcome_check" CHECK ("outcome" IN
  ('restored', 'partial', 'changed', 'refused', 'not_executed', 'unknown'));
ALTER TABLE "restore" ADD CONSTRAINT "restore_unknown_check" CHECK (
  ("outcome" = 'unknown') = ("outcome_at_ms" IS NULL)
  AND ("outcome" <> 'unknown' OR ("intent_at_ms" IS NOT NULL AND "deadline_at_ms" IS NOT NULL)));
ALTER TABLE "restore_half" ADD CONSTRAINT "restore_half_outcome_check" CHECK ("outcome" IN
  ('restored', 'changed', 'refused', 'not_executed', 'unknown'));

-- An unlock is undone once: never while an attempt has no outcome, and never after one that put something back.
CREATE UNIQUE INDEX "restore_once_key" ON "restore"("unlock_id") WHERE "outcome" IN ('unknown', 'restored', 'partial');

CREATE FUNCTION lockkeeper_guard_restore() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome <> 'unknown' THEN
    RAISE EXCEPTION 'lockkeeper: restore % already has its outcome', OLD.id;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['outcome', 'outcome_at_ms']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['outcome', 'outcome_at_ms']) THEN
    RAISE EXCEPTION 'lockkeeper: only the outcome of restore % may change', OLD.id;
  END IF;
  RETURN NEW;
END
$$;

CREATE FUNCTION lockkeeper_guard_restore_half() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_allowed boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.restore WHERE id = $1 AND xmin = pg_current_xact_id()::xid)', TG_TABLE_SCHEMA)
      INTO is_allowed USING NEW.restore_id;
    IF NOT is_allowed THEN
      RAISE EXCEPTION 'lockkeeper: halves are recorded with their restore, not later';
    END IF;
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.restore WHERE id = $1 AND outcome = ''unknown'')', TG_TABLE_SCHEMA)
    INTO is_allowed USING OLD.restore_id;
  IF NOT is_allowed OR OLD.outcome <> 'unknown' THEN
    RAISE EXCEPTION 'lockkeeper: this half of restore % already has its outcome', OLD.restore_id;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['outcome', 'detail_json', 'aws_request_ids_json'])
    IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['outcome', 'detail_json', 'aws_request_ids_json']) THEN
    RAISE EXCEPTION 'lockkeeper: only the outcome of a half may change';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "restore_outcome_once" BEFORE UPDATE ON "restore"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_restore();
CREATE TRIGGER "restore_half_outcome_once" BEFORE INSERT OR UPDATE ON "restore_half"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_restore_half();
CREATE TRIGGER "restore_no_delete" BEFORE DELETE ON "restore"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "restore_no_truncate" BEFORE TRUNCATE ON "restore"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "restore_half_no_delete" BEFORE DELETE ON "restore_half"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "restore_half_no_truncate" BEFORE TRUNCATE ON "restore_half"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_checkpoint_no_change" BEFORE UPDATE OR DELETE ON "audit_checkpoint"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_checkpoint_no_truncate" BEFORE TRUNCATE ON "audit_checkpoint"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_index_no_change" BEFORE UPDATE OR DELETE ON "audit_index"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_index_no_truncate" BEFORE TRUNCATE ON "audit_index"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();

-- PostgreSQL's json functions refuse \u0000 and lone surrogates anywhere in a document, which lock text may hold, so unicode
-- escapes are set aside while a part is cut out. Pairs of backslashes first: what follows them is no escape.
CREATE FUNCTION lockkeeper_event_json(event bytea) RETURNS json LANGUAGE sql IMMUTABLE AS $$
  SELECT replace(replace(convert_from(event, 'UTF8'), '\\', chr(64976)), '\u', chr(64977))::json
$$;
CREATE FUNCTION lockkeeper_json_part(document json, VARIADIC path text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT nullif(replace(replace((document #> path)::text, chr(64977), '\u'), chr(64976), '\\'), 'null')
$$;

-- A trigger, so that whoever appends cannot make the index say something else than the event.
CREATE FUNCTION lockkeeper_index_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  document json := lockkeeper_event_json(NEW.event);
BEGIN
  EXECUTE format('INSERT INTO %I.audit_index (seq, at_ms, action, actor_json, account_json, state_path_json, outcome, unlock_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', TG_TABLE_SCHEMA) USING
    NEW.seq,
    (extract(epoch FROM (document ->> 'at')::timestamptz) * 1000)::bigint,
    document ->> 'action',
    lockkeeper_json_part(document, 'actor', 'name'),
    lockkeeper_json_part(document, 'details', 'account'),
    lockkeeper_json_part(document, 'details', 'statePath'),
    document #>> '{details,outcome}',
    document ->> 'unlockId';
  RETURN NULL;
END
$$;
CREATE TRIGGER "audit_event_indexed" AFTER INSERT ON "audit_event"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_index_audit_event();

INSERT INTO "audit_index" (seq, at_ms, action, actor_json, account_json, state_path_json, outcome, unlock_id)
SELECT seq,
  (extract(epoch FROM (document ->> 'at')::timestamptz) * 1000)::bigint,
  document ->> 'action',
  lockkeeper_json_part(document, 'actor', 'name'),
  lockkeeper_json_part(document, 'details', 'account'),
  lockkeeper_json_part(document, 'details', 'statePath'),
  document #>> '{details,outcome}',
  document ->> 'unlockId'
FROM (SELECT seq, lockkeeper_event_json(event) AS document FROM "audit_event") AS events;

-- The end of the chain, held until the caller's transaction ends, so that what is signed next surely follows it.
CREATE FUNCTION lockkeeper_audit_head() RETURNS TABLE (seq bigint, hash bytea) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(5625255382);
  RETURN QUERY SELECT e.seq, e.hash FROM audit_event e ORDER BY e.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 0::bigint, decode(repeat('00', 32), 'hex');
  END IF;
END
$$;

-- The one way to append: number, link and hash are made here. `signed_hash` is what the caller signed; another head is refused.
CREATE FUNCTION lockkeeper_append_audit(new_event bytea, signed_hash bytea, new_signature bytea, new_key_id text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  head record;
  new_hash bytea;
BEGIN
  SELECT h.seq, h.hash INTO head FROM lockkeeper_audit_head() h;
  new_hash := sha256(head.hash || int8send(head.seq + 1) || new_event);
  IF new_hash <> signed_hash THEN
    RAISE EXCEPTION 'lockkeeper: what was signed does not follow audit event %', head.seq;
  END IF;
  INSERT INTO audit_event (seq, event, prev_hash, hash, signature, key_id)
    VALUES (head.seq + 1, new_event, head.hash, new_hash, new_signature, new_key_id);
  RETURN head.seq + 1;
END
$$;

-- Runs with its owner's rights, so it must not find a table that a caller put in the way.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION lockkeeper_append_audit(bytea, bytea, bytea, text) SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION lockkeeper_audit_head() SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION lockkeeper_index_audit_event() SET search_path = %I, pg_temp', current_schema());
END
$$;
REVOKE ALL ON FUNCTION lockkeeper_append_audit(bytea, bytea, bytea, text) FROM PUBLIC;

ALTER TABLE "restore" ENABLE ALWAYS TRIGGER "restore_outcome_once";
ALTER TABLE "restore" ENABLE ALWAYS TRIGGER "restore_no_delete";
ALTER TABLE "restore" ENABLE ALWAYS TRIGGER "restore_no_truncate";
ALTER TABLE "restore_half" ENABLE ALWAYS TRIGGER "restore_half_outcome_once";
ALTER TABLE "restore_half" ENABLE ALWAYS TRIGGER "restore_half_no_delete";
ALTER TABLE "restore_half" ENABLE ALWAYS TRIGGER "restore_half_no_truncate";
ALTER TABLE "audit_checkpoint" ENABLE ALWAYS TRIGGER "audit_checkpoint_no_change";
ALTER TABLE "audit_checkpoint" ENABLE ALWAYS TRIGGER "audit_checkpoint_no_truncate";
ALTER TABLE "audit_index" ENABLE ALWAYS TRIGGER "audit_index_no_change";
ALTER TABLE "audit_index" ENABLE ALWAYS TRIGGER "audit_index_no_truncate";
ALTER TABLE "audit_event" ENABLE ALWAYS TRIGGER "audit_event_indexed";
