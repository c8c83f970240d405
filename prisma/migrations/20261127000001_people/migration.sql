-- CreateTable
CREATE TABLE "person" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "issuer_json" TEXT NOT NULL,
    "subject_json" TEXT NOT NULL,
    "name_json" TEXT NOT NULL,
    "email_json" TEXT,
    "login_hash" TEXT,
    "groups_json" TEXT NOT NULL,
    "groups_read_at_ms" BIGINT,
    "groups_claimed_at_ms" BIGINT,
    "is_admin" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at_ms" BIGINT,
    "last_sign_in_at_ms" BIGINT,
    "added_at_ms" BIGINT NOT NULL,

    CONSTRAINT "person_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "person_link" (
    "token_hash" TEXT NOT NULL,
    "person_key" TEXT,
    "expires_at_ms" BIGINT NOT NULL,

    CONSTRAINT "person_link_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "sign_in_user" (
    "id" TEXT NOT NULL,
    "person_key" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL,
    "image" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "sign_in_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_account" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMP(3),
    "refresh_token_expires_at" TIMESTAMP(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "sign_in_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "signed_in_at" TIMESTAMP(3),
    "last_used_at" TIMESTAMP(3),
    "created_at" TIMESTAMP(3) NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "sign_in_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "sign_in_verification_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_login_hash_key" ON "person"("login_hash");

-- CreateIndex
CREATE INDEX "person_link_person_key_idx" ON "person_link"("person_key");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_user_person_key_key" ON "sign_in_user"("person_key");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_user_email_key" ON "sign_in_user"("email");

-- CreateIndex
CREATE INDEX "sign_in_account_user_id_idx" ON "sign_in_account"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_account_provider_id_account_id_key" ON "sign_in_account"("provider_id", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_session_token_key" ON "sign_in_session"("token");

-- CreateIndex
CREATE INDEX "sign_in_session_user_id_idx" ON "sign_in_session"("user_id");

-- CreateIndex
CREATE INDEX "sign_in_session_expires_at_idx" ON "sign_in_session"("expires_at");

-- CreateIndex
CREATE INDEX "sign_in_verification_identifier_idx" ON "sign_in_verification"("identifier");

-- CreateIndex
CREATE INDEX "sign_in_verification_expires_at_idx" ON "sign_in_verification"("expires_at");

-- AddForeignKey
ALTER TABLE "person_link" ADD CONSTRAINT "person_link_person_key_fkey" FOREIGN KEY ("person_key") REFERENCES "person"("key") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sign_in_account" ADD CONSTRAINT "sign_in_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "sign_in_user"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sign_in_session" ADD CONSTRAINT "sign_in_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "sign_in_user"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

