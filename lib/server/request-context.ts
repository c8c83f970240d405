import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { ulid } from "ulid";
import type { Access } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports.ts";
import { guardRequest } from "./request-guard.ts";
import { getRuntime } from "./runtime.ts";

/**
 * The context of a page for who has signed in; anybody else is sent to sign in. Guarded again here, since a proxy alone is no
 * boundary. Throws AppError `refused`.
 */
export async function pageContext(): Promise<Context> {
  const runtime = await getRuntime();
  const principal = await findPrincipal();
  if (principal === null) redirect("/sign-in");
  return runtime.contextFor(principal, ulid());
}

export type Installation = {
  readonly isSandbox: boolean;
  readonly database: "embedded" | "postgresql";
  /** Null while nobody has signed in. */
  readonly visitor: { readonly name: string; readonly access: Access; readonly isLocal: boolean } | null;
};

/** What the frame around every page says about this installation, and about who looks at it. */
export async function describeInstallation(): Promise<Installation> {
  const { isSandbox, database } = await getRuntime();
  const principal = await findPrincipal();
  const visitor = principal && {
    name: formatActor(principal.actor),
    access: principal.access,
    isLocal: principal.signIn.kind === "local",
  };
  return { isSandbox, database: database.kind, visitor };
}

/** Once for a page and the frame around it. */
const findPrincipal = cache(async () => {
  const given = await headers();
  const verdict = guardRequest({ method: "GET", headers: given });
  if (verdict.verdict === "refuse") throw new AppError(verdict.message, { code: "refused", hint: verdict.hint });
  return (await getRuntime()).authenticate(given);
});
