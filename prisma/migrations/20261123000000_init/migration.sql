-- CreateTable
CREATE TABLE "source_state" (
    "source_json" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "last_scan_at_ms" BIGINT,
    "last_attempt_at_ms" BIGINT,
    "duration_ms" BIGINT,
    "requests" BIGINT,
    "objects_seen" BIGINT,
    "locks_found" BIGINT,
    "foreign_seen" BIGINT,
    "error_json" TEXT,
    "last_attempt_started_at_ms" BIGINT,
    "last_complete_started_at_ms" BIGINT,
    "revision" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "source_state_pkey" PRIMARY KEY ("source_json")
);

-- CreateTable
CREATE TABLE "half_content" (
    "sha256" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "half_content_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "sighting" (
    "id" TEXT NOT NULL,
    "source_json" TEXT NOT NULL,
    "mechanism" TEXT NOT NULL,
    "location_json" TEXT NOT NULL,
    "bucket_json" TEXT NOT NULL,
    "state_key_json" TEXT NOT NULL,
    "state_path_hash" TEXT NOT NULL,
    "identity_hash" TEXT NOT NULL,
    "body_kind" TEXT NOT NULL,
    "size_bytes" BIGINT,
    "is_truncated" BOOLEAN NOT NULL,
    "problem_json" TEXT,
    "content_sha256" TEXT,
    "fingerprint" TEXT,
    "etag_json" TEXT,
    "version_id_json" TEXT,
    "last_modified_ms" BIGINT,
    "state_last_modified_ms" BIGINT,
    "state_size_bytes" BIGINT,
    "first_seen_at_ms" BIGINT NOT NULL,
    "last_seen_at_ms" BIGINT NOT NULL,
    "sweeps_seen" INTEGER NOT NULL,
    "is_paired" BOOLEAN NOT NULL DEFAULT false,
    "gone_at_ms" BIGINT,
    "gone_unlock_id" TEXT,

    CONSTRAINT "sighting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unlock" (
    "id" TEXT NOT NULL,
    "actor_json" TEXT NOT NULL,
    "actor_label_json" TEXT NOT NULL,
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
    "who_json" TEXT,
    "operation_json" TEXT,
    "reason_json" TEXT NOT NULL,
    "requested_at_ms" BIGINT NOT NULL,
    "intent_at_ms" BIGINT,
    "deadline_at_ms" BIGINT,
    "outcome" TEXT NOT NULL,
    "outcome_at_ms" BIGINT,
    "holder_now_json" TEXT,

    CONSTRAINT "unlock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unlock_half" (
    "unlock_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "source_json" TEXT NOT NULL,
    "mechanism" TEXT NOT NULL,
    "location_json" TEXT NOT NULL,
    "bucket_json" TEXT NOT NULL,
    "state_key_json" TEXT NOT NULL,
    "account_name_json" TEXT NOT NULL,
    "lock_id_json" TEXT,
    "fingerprint" TEXT,
    "etag_json" TEXT,
    "version_id_json" TEXT,
    "raw" BYTEA,
    "outcome" TEXT NOT NULL,
    "detail_json" TEXT NOT NULL,
    "aws_request_ids_json" TEXT NOT NULL,

    CONSTRAINT "unlock_half_pkey" PRIMARY KEY ("unlock_id","position")
);

-- CreateTable
CREATE TABLE "audit_key" (
    "key_id" TEXT NOT NULL,
    "vkey" TEXT NOT NULL,
    "first_seen_ms" BIGINT NOT NULL,

    CONSTRAINT "audit_key_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "seq" BIGINT NOT NULL,
    "event" BYTEA NOT NULL,
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "signature" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE INDEX "sighting_state_path_hash_first_seen_at_ms_idx" ON "sighting"("state_path_hash", "first_seen_at_ms");

-- CreateIndex
CREATE INDEX "sighting_source_json_gone_at_ms_idx" ON "sighting"("source_json", "gone_at_ms");

-- CreateIndex
CREATE UNIQUE INDEX "unlock_idempotency_hash_key" ON "unlock"("idempotency_hash");

-- CreateIndex
CREATE INDEX "unlock_requested_at_ms_id_idx" ON "unlock"("requested_at_ms" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "unlock_lock_key_hash_idx" ON "unlock"("lock_key_hash");

-- AddForeignKey
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_content_sha256_fkey" FOREIGN KEY ("content_sha256") REFERENCES "half_content"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unlock_half" ADD CONSTRAINT "unlock_half_unlock_id_fkey" FOREIGN KEY ("unlock_id") REFERENCES "unlock"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "audit_key"("key_id") ON DELETE RESTRICT ON UPDATE RESTRICT;

