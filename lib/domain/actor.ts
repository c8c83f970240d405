/** Who does something. The audit trail names exactly one actor for every event. */
export type Actor =
  | { readonly kind: "person"; readonly name: string; readonly authenticatedBy: "local" }
  | { readonly kind: "system"; readonly name: "scanner" | "reconciler" | "auditor" };

export function formatActor(actor: Actor): string {
  return actor.kind === "person" ? actor.name : `system:${actor.name}`;
}
