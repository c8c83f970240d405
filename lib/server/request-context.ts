import "server-only";
import { headers } from "next/headers";
import { ulid } from "ulid";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports.ts";
import { guardRequest } from "./request-guard.ts";
import { getRuntime } from "./runtime.ts";

/** The context of a page: guarded again here, since a proxy alone is no boundary. Throws AppError `refused`. */
export async function pageContext(): Promise<Context> {
  const verdict = guardRequest({ method: "GET", headers: await headers() });
  if (verdict.verdict === "refuse") throw new AppError(verdict.message, { code: "refused", hint: verdict.hint });
  const runtime = await getRuntime();
  return runtime.contextFor(runtime.localActor, ulid());
}

export type Installation = {
  readonly isSandbox: boolean;
  readonly database: "embedded" | "postgresql";
  readonly actor: string;
};

/** What the banners say about this installation. */
export async function describeInstallation(): Promise<Installation> {
  const runtime = await getRuntime();
  const { localActor } = runtime;
  return {
    isSandbox: runtime.isSandbox,
    database: runtime.database.kind,
    actor: localActor.kind === "person" ? localActor.name : "",
  };
}
