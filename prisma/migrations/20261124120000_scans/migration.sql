-- AlterTable
ALTER TABLE "source_state" ADD COLUMN     "last_refresh_at_ms" BIGINT,
ADD COLUMN     "last_refresh_started_at_ms" BIGINT,
ADD COLUMN     "last_roll_call_at_ms" BIGINT,
ADD COLUMN     "notice_json" TEXT,
ADD COLUMN     "read_units" DOUBLE PRECISION,
ADD COLUMN     "refresh_failure_json" TEXT,
ADD COLUMN     "refresh_requests" BIGINT,
ADD COLUMN     "roll_calls" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "sighting" ADD COLUMN     "roll_calls" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "scan_memory" (
    "source_json" TEXT NOT NULL,
    "memory_json" TEXT NOT NULL,
    "updated_at_ms" BIGINT NOT NULL,

    CONSTRAINT "scan_memory_pkey" PRIMARY KEY ("source_json")
);
