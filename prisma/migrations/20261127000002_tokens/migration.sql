-- CreateTable
CREATE TABLE "api_token" (
    "id" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "name_json" TEXT NOT NULL,
    "owner_hash" TEXT NOT NULL,
    "owner_json" TEXT NOT NULL,
    "owner_name_json" TEXT NOT NULL,
    "limit_json" TEXT NOT NULL,
    "made_at_ms" BIGINT NOT NULL,
    "expires_at_ms" BIGINT NOT NULL,
    "last_used_at_ms" BIGINT,
    "revoked_at_ms" BIGINT,

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "api_token_owner_hash_idx" ON "api_token"("owner_hash");

-- What schema.prisma cannot say: a token lives 90 days at most, never becomes another's, and once revoked stays so.
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_expiry_check" CHECK (
  "expires_at_ms" > "made_at_ms" AND "expires_at_ms" - "made_at_ms" <= 90::bigint * 24 * 60 * 60 * 1000);
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_secret_check" CHECK ("secret_hash" ~ '^[0-9a-f]{64}$');

CREATE FUNCTION lockkeeper_guard_api_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at_ms IS NOT NULL THEN
    RAISE EXCEPTION 'lockkeeper: token % is revoked', OLD.id;
  END IF;
  IF (to_jsonb(NEW) - ARRAY['last_used_at_ms', 'revoked_at_ms'])
    IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['last_used_at_ms', 'revoked_at_ms']) THEN
    RAISE EXCEPTION 'lockkeeper: only the last use of token % may change, and that it is revoked', OLD.id;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "api_token_no_change" BEFORE UPDATE ON "api_token"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_guard_api_token();
CREATE TRIGGER "api_token_no_delete" BEFORE DELETE ON "api_token"
  FOR EACH ROW EXECUTE FUNCTION lockkeeper_refuse_change();
CREATE TRIGGER "api_token_no_truncate" BEFORE TRUNCATE ON "api_token"
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper_refuse_change();

ALTER TABLE "api_token" ENABLE ALWAYS TRIGGER "api_token_no_change";
ALTER TABLE "api_token" ENABLE ALWAYS TRIGGER "api_token_no_delete";
ALTER TABLE "api_token" ENABLE ALWAYS TRIGGER "api_token_no_truncate";
