/** Who somebody is for certain: what an issuer calls them. Never an e-mail address, which can change hands. */
export type Identity = { readonly issuer: string; readonly subject: string };

/** A person at this machine (`local`), or one who signed in, or a script that holds a token of one who did. */
export type Person =
  | { readonly kind: "person"; readonly name: string; readonly authenticatedBy: "local" }
  | ({
      readonly kind: "person";
      readonly name: string;
      readonly authenticatedBy: "password" | "oidc" | "proxy";
    } & Identity)
  | ({
      readonly kind: "person";
      readonly name: string;
      readonly authenticatedBy: "token";
      readonly tokenId: string;
    } & Identity);

/** Who does something. The audit trail names exactly one actor for every event. */
export type Actor =
  | Person
  | { readonly kind: "system"; readonly name: "scanner" | "reconciler" | "auditor" }
  /** Somebody who has not signed in: only sign-in itself is recorded so. `name` is what they claimed to be. */
  | { readonly kind: "stranger"; readonly name: string };

export function formatActor(actor: Actor): string {
  return actor.kind === "system" ? `system:${actor.name}` : actor.name;
}

/** The identity of a person who signed in; null for the local person, the system and strangers. */
export function identityOf(actor: Actor): Identity | null {
  if (actor.kind !== "person" || actor.authenticatedBy === "local") return null;
  return { issuer: actor.issuer, subject: actor.subject };
}

/** A text that is the same for two actors only if they are the same one, whatever they are called now. */
export function actorKey(actor: Actor): string {
  const identity = identityOf(actor);
  return identity === null
    ? JSON.stringify([actor.kind, actor.name])
    : JSON.stringify(["person", identity.issuer, identity.subject]);
}
