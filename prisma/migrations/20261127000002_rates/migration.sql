-- CreateTable
CREATE TABLE "rate_take" (
    "key_hash" TEXT NOT NULL,
    "taken_at_ms" BIGINT[],
    "expires_at_ms" BIGINT NOT NULL,

    CONSTRAINT "rate_take_pkey" PRIMARY KEY ("key_hash")
);

-- CreateIndex
CREATE INDEX "rate_take_expires_at_ms_idx" ON "rate_take"("expires_at_ms");
