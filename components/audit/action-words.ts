/** What an action is called in a list, in the order in which a person looks for it. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["unlock.intent", "Unlock intent"],
  ["unlock.outcome", "Unlock ended"],
  ["unlock.unknown", "Unlock unknown"],
  ["unlock.settled", "Unlock settled"],
  ["unlock.refused", "Unlock not attempted"],
  ["unlock.invalid", "Unlock invalid"],
  ["restore.intent", "Restore intent"],
  ["restore.outcome", "Restore ended"],
  ["restore.unknown", "Restore unknown"],
  ["restore.settled", "Restore settled"],
  ["restore.refused", "Restore not attempted"],
  ["approval.requested", "Approval requested"],
  ["approval.given", "Unlock approved"],
  ["approval.denied", "Approval denied"],
  ["approval.withdrawn", "Approval request withdrawn"],
  ["approval.expired", "Approval expired"],
  ["approval.voided", "Approval void"],
  ["break_glass.used", "Glass broken"],
  ["break_glass.reviewed", "Broken glass reviewed"],
  ["access.denied", "Access denied"],
  ["sign_in.succeeded", "Signed in"],
  ["sign_in.failed", "Sign-in failed"],
  ["sign_in.ended", "Signed out"],
  ["session.revoked", "Session revoked"],
  ["person.added", "Person added"],
  ["person.changed", "Person changed"],
  ["token.made", "Token made"],
  ["token.revoked", "Token revoked"],
  ["audit.exported", "Trail exported"],
  ["audit.key_rotated", "Signing key changed"],
  ["config.changed", "Configuration changed"],
]);

/** All actions that this version writes, with their names. */
export const AUDIT_ACTIONS: readonly { readonly value: string; readonly label: string }[] = [...WORDS].map(
  ([value, label]) => ({ value, label }),
);

/** The name of an action; one that we do not know is called what it is. */
export function nameAuditAction(action: string): string {
  return WORDS.get(action) ?? action;
}
