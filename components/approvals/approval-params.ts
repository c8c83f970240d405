import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";

export const APPROVAL_TABS = ["waiting", "yours", "past"] as const;
export type ApprovalTab = (typeof APPROVAL_TABS)[number];

/** Which requests are listed, as it stands in the URL and in the API. */
export const APPROVAL_PARAMS = {
  list: parseAsStringLiteral(APPROVAL_TABS).withDefault("waiting"),
  account: parseAsString.withDefault(""),
  cursor: parseAsString.withDefault(""),
};

export const loadApprovalParams = createLoader(APPROVAL_PARAMS);
