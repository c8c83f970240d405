-- What schema.prisma cannot say. Every trigger is ENABLE ALWAYS, or session_replication_role = replica would switch it off.

-- One current sighting of the same bytes at the same place; what is gone is history and may repeat.
CREATE UNIQUE INDEX "sighting_current_identity_key" ON "sighting"("source_json", "identity_hash") WHERE "gone_at_ms" IS NULL;

-- Only one unlock of a lock may be without an outcome, over all replicas.
CREATE UNIQUE INDEX "unlock_unsettled_lock_key" ON "unlock"("lock_key_hash") WHERE "outcome" = 'unknown';

ALTER TABLE "unlock" ADD CONSTRAINT "unlock_outcome_check" CHECK ("outcome" IN
  ('released', 'partial', 'changed', 'already_gone', 'refused', 'not_executed', 'gone_unattributed', 'unknown'));
ALTER TABLE "unlock" ADD CONSTRAINT "unlock_unknown_check" CHECK (
  ("outcome" = 'unknown') = ("outcome_at_ms" IS NULL)
  AND ("outcome" <> 'unknown' OR ("intent_at_ms" IS NOT NULL AND "deadline_at_ms" IS NOT NULL)));
ALTER TABLE "unlock_half" ADD CONSTRAINT "unlock_half_outcome_check" CHECK ("outcome" IN
  ('released', 'changed', 'already_gone', 'refused', 'not_executed', 'gone_unattributed', 'unknown'));
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_length_check" CHECK (
  octet_length("prev_hash") = 32 AND octet_length("hash") = 32 AND octet_length("signature") = 64);

CREATE FUNCTION lockkeeper_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lockkeeper: % is refused on %, which is a record', TG_OP, TG_TABLE_NAME;
END
$$;

CREATE TRIGGER "audit_event_no_change" BEFORE UPDATE OR DELETE ON "audit_event"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_event_no_truncate" BEFORE TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_key_no_change" BEFORE UPDATE OR DELETE ON "audit_key"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "audit_key_no_truncate" BEFORE TRUNCATE ON "audit_key"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "unlock_no_delete" BEFORE DELETE ON "unlock"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "unlock_no_truncate" BEFORE TRUNCATE ON "unlock"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "unlock_half_no_delete" BEFORE DELETE ON "unlock_half"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "unlock_half_no_truncate" BEFORE TRUNCATE ON "unlock_half"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();

-- The outcome is written once; nothing else of an unlock ever changes, also not in columns added later.
CREATE FUNCTION lockkeeper_guard_unlock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome <> 'unknown' THEN
    RAISE EXCEPTION 'lockkeeper: unlock % already has its outcome', OLD.id;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['outcome', 'outcome_at_ms', 'holder_now_json'])
    IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['outcome', 'outcome_at_ms', 'holder_now_json']) THEN
    RAISE EXCEPTION 'lockkeeper: only the outcome of unlock % may change', OLD.id;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "unlock_outcome_once" BEFORE UPDATE ON "unlock"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_unlock();

CREATE FUNCTION lockkeeper_guard_unlock_half() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_allowed boolean;
BEGIN
  -- TG_TABLE_SCHEMA, because a temporary table could otherwise stand in for the real one.
  IF TG_OP = 'INSERT' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.unlock WHERE id = $1 AND xmin = pg_current_xact_id()::xid)', TG_TABLE_SCHEMA)
      INTO is_allowed USING NEW.unlock_id;
    IF NOT is_allowed THEN
      RAISE EXCEPTION 'lockkeeper: halves are recorded with their unlock, not later';
    END IF;
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.unlock WHERE id = $1 AND outcome = ''unknown'')', TG_TABLE_SCHEMA)
    INTO is_allowed USING OLD.unlock_id;
  IF NOT is_allowed OR OLD.outcome <> 'unknown' THEN
    RAISE EXCEPTION 'lockkeeper: this half of unlock % already has its outcome', OLD.unlock_id;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['outcome', 'detail_json', 'aws_request_ids_json'])
    IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['outcome', 'detail_json', 'aws_request_ids_json']) THEN
    RAISE EXCEPTION 'lockkeeper: only the outcome of a half may change';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "unlock_half_outcome_once" BEFORE INSERT OR UPDATE ON "unlock_half"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_unlock_half();

-- No code path can break the chain: an event must follow the last one and carry the hash of what it says.
CREATE FUNCTION lockkeeper_guard_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head_seq bigint;
  head_hash bytea;
BEGIN
  EXECUTE format('SELECT seq, hash FROM %I.audit_event ORDER BY seq DESC LIMIT 1', TG_TABLE_SCHEMA) INTO head_seq, head_hash;
  IF NEW.seq <> coalesce(head_seq, 0) + 1 THEN
    RAISE EXCEPTION 'lockkeeper: audit event % does not follow %', NEW.seq, coalesce(head_seq, 0);
  END IF;
  IF NEW.prev_hash <> coalesce(head_hash, decode(repeat('00', 32), 'hex'))
    OR NEW.hash <> sha256(NEW.prev_hash || int8send(NEW.seq) || NEW.event) THEN
    RAISE EXCEPTION 'lockkeeper: the hash of audit event % is not right', NEW.seq;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "audit_event_chained" BEFORE INSERT ON "audit_event"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_audit_event();

ALTER TABLE "audit_event" ENABLE ALWAYS TRIGGER "audit_event_no_change";
ALTER TABLE "audit_event" ENABLE ALWAYS TRIGGER "audit_event_no_truncate";
ALTER TABLE "audit_event" ENABLE ALWAYS TRIGGER "audit_event_chained";
ALTER TABLE "audit_key" ENABLE ALWAYS TRIGGER "audit_key_no_change";
ALTER TABLE "audit_key" ENABLE ALWAYS TRIGGER "audit_key_no_truncate";
ALTER TABLE "unlock" ENABLE ALWAYS TRIGGER "unlock_no_delete";
ALTER TABLE "unlock" ENABLE ALWAYS TRIGGER "unlock_no_truncate";
ALTER TABLE "unlock" ENABLE ALWAYS TRIGGER "unlock_outcome_once";
ALTER TABLE "unlock_half" ENABLE ALWAYS TRIGGER "unlock_half_no_delete";
ALTER TABLE "unlock_half" ENABLE ALWAYS TRIGGER "unlock_half_no_truncate";
ALTER TABLE "unlock_half" ENABLE ALWAYS TRIGGER "unlock_half_outcome_once";
