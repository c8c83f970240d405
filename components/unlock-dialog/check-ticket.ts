import { namesTicket } from "#lib/domain/access/ticket.ts";
import type { UnlockTermsView } from "#lib/domain/approval-view.ts";

/** What a reason lacks by the rules, or null. */
export function findMissingTicket(terms: UnlockTermsView | null, reason: string): string | null {
  const missing = terms?.tickets.find((forms) => !forms.some((form) => namesTicket(reason, form)));
  return missing === undefined ? null : `Name a ticket of the form ${missing.join(" or ")}.`;
}
