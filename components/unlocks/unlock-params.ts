import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { UNLOCK_OUTCOMES } from "#lib/domain/unlock.ts";

/** The filters of the records, as they stand in the URL and in the API. */
export const UNLOCK_PARAMS = {
  actor: parseAsString.withDefault(""),
  account: parseAsString.withDefault(""),
  outcome: parseAsStringLiteral(UNLOCK_OUTCOMES),
  cursor: parseAsString.withDefault(""),
};

export const loadUnlockParams = createLoader(UNLOCK_PARAMS);
