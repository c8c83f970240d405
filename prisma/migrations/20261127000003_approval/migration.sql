-- CreateTable
CREATE TABLE "approval" (
    "id" TEXT NOT NULL,
    "requester_json" TEXT NOT NULL,
    "requester_hash" TEXT NOT NULL,
    "idempotency_key_json" TEXT NOT NULL,
    "idempotency_hash" TEXT NOT NULL,
    "lock_key_json" TEXT NOT NULL,
    "lock_key_hash" TEXT NOT NULL,
    "lock_id_json" TEXT,
    "fingerprint_json" TEXT NOT NULL,
    "account_json" TEXT NOT NULL,
    "account_id_json" TEXT NOT NULL,
    "bucket_json" TEXT NOT NULL,
    "state_key_json" TEXT NOT NULL,
    "accounts_json" TEXT NOT NULL,
    "who_json" TEXT,
    "operation_json" TEXT,
    "reason_json" TEXT NOT NULL,
    "because_json" TEXT NOT NULL,
    "shown_json" TEXT NOT NULL,
    "requested_at_ms" BIGINT NOT NULL,
    "expires_at_ms" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "approver_json" TEXT,
    "approved_at_ms" BIGINT,
    "comment_json" TEXT,
    "ended_by_json" TEXT,
    "ended_at_ms" BIGINT,
    "end_note_json" TEXT,
    "unlock_id" TEXT,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "break_glass" (
    "unlock_id" TEXT NOT NULL,
    "skipped_json" TEXT NOT NULL,
    "used_at_ms" BIGINT NOT NULL,
    "reviewer_json" TEXT,
    "reviewed_at_ms" BIGINT,
    "comment_json" TEXT,

    CONSTRAINT "break_glass_pkey" PRIMARY KEY ("unlock_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "approval_idempotency_hash_key" ON "approval"("idempotency_hash");

-- CreateIndex
CREATE UNIQUE INDEX "approval_unlock_id_key" ON "approval"("unlock_id");

-- CreateIndex
CREATE INDEX "approval_requested_at_ms_id_idx" ON "approval"("requested_at_ms" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "approval_state_idx" ON "approval"("state");

-- CreateIndex
CREATE INDEX "break_glass_reviewed_at_ms_idx" ON "break_glass"("reviewed_at_ms");

-- CreateIndex
CREATE INDEX "unlock_intent_at_ms_idx" ON "unlock"("intent_at_ms");

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_unlock_id_fkey" FOREIGN KEY ("unlock_id") REFERENCES "unlock"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_unlock_id_fkey" FOREIGN KEY ("unlock_id") REFERENCES "unlock"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What the diff cannot say, as in the guards of the migrations before. Every trigger is ENABLE ALWAYS.

ALTER TABLE "approval" ADD CONSTRAINT "approval_state_check" CHECK ("state" IN
  ('pending', 'approved', 'denied', 'withdrawn', 'expired', 'void', 'used'));
ALTER TABLE "approval" ADD CONSTRAINT "approval_ended_check" CHECK (
  ("state" IN ('pending', 'approved')) = ("ended_at_ms" IS NULL)
  AND ("ended_at_ms" IS NULL) = ("ended_by_json" IS NULL)
  AND ("approver_json" IS NULL) = ("approved_at_ms" IS NULL)
  AND ("state" = 'used') = ("unlock_id" IS NOT NULL)
  AND ("state" <> 'pending' OR "approver_json" IS NULL)
  AND ("state" NOT IN ('approved', 'used') OR "approver_json" IS NOT NULL));
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_reviewed_check" CHECK (
  ("reviewed_at_ms" IS NULL) = ("reviewer_json" IS NULL) AND ("reviewed_at_ms" IS NULL) = ("comment_json" IS NULL));

-- Only one request of a person for a lock may be open, over all replicas.
CREATE UNIQUE INDEX "approval_open_key" ON "approval"("requester_hash", "lock_key_hash") WHERE "state" IN ('pending', 'approved');

CREATE FUNCTION lockkeeper_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ending text[] := ARRAY['state', 'ended_by_json', 'ended_at_ms', 'end_note_json', 'unlock_id'];
  approving text[] := ARRAY['state', 'approver_json', 'approved_at_ms', 'comment_json'];
  changing text[];
  is_new boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'pending' THEN
      RAISE EXCEPTION 'lockkeeper: a request for approval begins pending';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state NOT IN ('pending', 'approved') THEN
    RAISE EXCEPTION 'lockkeeper: approval % has ended', OLD.id;
  END IF;
  IF NEW.state = OLD.state OR NEW.state = 'pending' OR (NEW.state = 'used' AND OLD.state <> 'approved') THEN
    RAISE EXCEPTION 'lockkeeper: approval % does not go from % to %', OLD.id, OLD.state, NEW.state;
  END IF;
  changing := CASE WHEN NEW.state = 'approved' THEN approving ELSE ending END;
  IF (to_jsonb(NEW) - changing) IS DISTINCT FROM (to_jsonb(OLD) - changing) THEN
    RAISE EXCEPTION 'lockkeeper: only the state of approval % may change', OLD.id;
  END IF;
  IF NEW.state = 'used' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.unlock WHERE id = $1 AND lock_key_hash = $2 AND fingerprint_json = $3
      AND intent_at_ms IS NOT NULL AND xmin = pg_current_xact_id()::xid)', TG_TABLE_SCHEMA)
      INTO is_new USING NEW.unlock_id, OLD.lock_key_hash, OLD.fingerprint_json;
    IF NOT is_new THEN
      RAISE EXCEPTION 'lockkeeper: approval % is used with the intent of its lock, not otherwise', OLD.id;
    END IF;
  END IF;
  RETURN NEW;
END
$$;

CREATE FUNCTION lockkeeper_guard_break_glass() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_new boolean;
  reviewing text[] := ARRAY['reviewer_json', 'reviewed_at_ms', 'comment_json'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.unlock WHERE id = $1 AND intent_at_ms IS NOT NULL
      AND xmin = pg_current_xact_id()::xid)', TG_TABLE_SCHEMA) INTO is_new USING NEW.unlock_id;
    IF NOT is_new OR NEW.reviewed_at_ms IS NOT NULL THEN
      RAISE EXCEPTION 'lockkeeper: broken glass is recorded with its intent, and reviewed later';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.reviewed_at_ms IS NOT NULL THEN
    RAISE EXCEPTION 'lockkeeper: unlock % has been reviewed', OLD.unlock_id;
  END IF;
  IF (to_jsonb(NEW) - reviewing) IS DISTINCT FROM (to_jsonb(OLD) - reviewing) THEN
    RAISE EXCEPTION 'lockkeeper: only the review of unlock % may change', OLD.unlock_id;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "approval_state_once" BEFORE INSERT OR UPDATE ON "approval"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_approval();
CREATE TRIGGER "approval_no_delete" BEFORE DELETE ON "approval"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "approval_no_truncate" BEFORE TRUNCATE ON "approval"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "break_glass_review_once" BEFORE INSERT OR UPDATE ON "break_glass"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_break_glass();
CREATE TRIGGER "break_glass_no_delete" BEFORE DELETE ON "break_glass"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "break_glass_no_truncate" BEFORE TRUNCATE ON "break_glass"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();

ALTER TABLE "approval" ENABLE ALWAYS TRIGGER "approval_state_once";
ALTER TABLE "approval" ENABLE ALWAYS TRIGGER "approval_no_delete";
ALTER TABLE "approval" ENABLE ALWAYS TRIGGER "approval_no_truncate";
ALTER TABLE "break_glass" ENABLE ALWAYS TRIGGER "break_glass_review_once";
ALTER TABLE "break_glass" ENABLE ALWAYS TRIGGER "break_glass_no_delete";
ALTER TABLE "break_glass" ENABLE ALWAYS TRIGGER "break_glass_no_truncate";
