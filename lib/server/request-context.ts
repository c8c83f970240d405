import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { ulid } from "ulid";
import type { Access } from "#lib/domain/access/access.ts";
import type { ProxyKind } from "#lib/domain/access/proxy-sign-out.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";
import { formatActor } from "#lib/domain/actor.ts";
import type { BreakGlassView } from "#lib/domain/approval-view.ts";
import { countWaiting } from "#lib/services/approvals/list-approvals.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { listOpenBreakGlass } from "#lib/services/unlocks/break-glass.ts";
import { type Principal, strangerPrincipal } from "./access/principal.ts";
import { signInPath } from "./access/sign-in-path.ts";
import { PATH_HEADER } from "./path-header.ts";
import { guardRequest } from "./request-guard.ts";
import { getRuntime } from "./runtime.ts";

/**
 * The context of a page for who has signed in; anybody else is sent to sign in. Guarded again here, since a proxy alone is no
 * boundary. Throws AppError `refused`.
 */
export async function pageContext(): Promise<Context> {
  const runtime = await getRuntime();
  const { principal, problem } = await findPrincipal();
  if (principal === null) redirect(signInPath({ next: (await headers()).get(PATH_HEADER), problem }));
  return runtime.contextFor(principal, ulid());
}

export type OpenPage = {
  readonly ctx: Context;
  readonly isSignedIn: boolean;
  /** The proxy in front that signs people in; null where none does. */
  readonly proxyKind: ProxyKind | null;
};

/** The context of a page that anybody may see, and who sees it. */
export async function openPageContext(): Promise<OpenPage> {
  const runtime = await getRuntime();
  const { principal } = await findPrincipal();
  const ctx = runtime.contextFor(principal ?? strangerPrincipal("unknown"), ulid());
  return { ctx, isSignedIn: principal !== null, proxyKind: runtime.config.access.proxy?.kind ?? null };
}

export type Installation = {
  readonly isSandbox: boolean;
  readonly database: "embedded" | "postgresql";
  /** Null while nobody has signed in. */
  readonly visitor: {
    readonly name: string;
    readonly access: Access;
    readonly isLocal: boolean;
    readonly hasSession: boolean;
  } | null;
  /** How many requests wait for them to approve; null where no policy ever asks for a second person. */
  readonly waitingApprovals: number | null;
  /** Broken glass that nobody has reviewed, as far as they may see it. */
  readonly brokenGlass: readonly BreakGlassView[];
};

/** What the frame around every page says about this installation, and about who looks at it. */
export async function describeInstallation(): Promise<Installation> {
  const runtime = await getRuntime();
  const { isSandbox, database } = runtime;
  const { principal } = await findPrincipal();
  const open = principal && (await readWhatIsOpen(runtime.contextFor(principal, ulid())));
  const visitor = principal && {
    name: formatActor(principal.actor),
    access: principal.access,
    isLocal: principal.signIn.kind === "local",
    hasSession: principal.signIn.kind === "session",
  };
  return {
    isSandbox,
    database: database.kind,
    visitor,
    waitingApprovals: open?.waitingApprovals ?? null,
    brokenGlass: open?.brokenGlass ?? [],
  };
}

/** Without policies there is nothing to ask the store for. */
async function readWhatIsOpen(ctx: Context) {
  const isAsked =
    ctx.signIn.kind !== "local" && ctx.policies.some((each) => each.isApprovalRequired || each.rate !== null);
  try {
    const [waitingApprovals, brokenGlass] = await Promise.all([
      isAsked ? countWaiting(ctx) : null,
      listOpenBreakGlass(ctx),
    ]);
    return { waitingApprovals, brokenGlass };
  } catch (error) {
    // The page says itself what it could not read; the frame around it must not hide that.
    ctx.log.warn({ cause: String(error) }, "could not read what waits for a person");
    return { waitingApprovals: isAsked ? 0 : null, brokenGlass: [] };
  }
}

/** Once for a page and the frame around it. */
const findPrincipal = cache(async () => {
  const given = await headers();
  const verdict = guardRequest({ method: "GET", headers: given });
  if (verdict.verdict === "refuse") throw new AppError(verdict.message, { code: "refused", hint: verdict.hint });
  return authenticate(given);
});

type Found = { readonly principal: Principal | null; readonly problem: SignInProblem | null };

async function authenticate(given: Pick<Headers, "get">): Promise<Found> {
  try {
    const principal = await (await getRuntime()).authenticate(given);
    // A token is for the API: whoever looks at a page is a person.
    return { principal: principal?.signIn.kind === "token" ? null : principal, problem: null };
  } catch (error) {
    // Whose groups are too old to be trusted is asked to sign in, and told why.
    if (error instanceof AppError && error.code === "unauthenticated")
      return { principal: null, problem: "groups_old" };
    throw error;
  }
}
