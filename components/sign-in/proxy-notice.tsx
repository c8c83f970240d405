import Link from "next/link";
import type { ProxyKind } from "#lib/domain/access/proxy-sign-out.ts";

type Props = {
  readonly kind: ProxyKind;
  /** Where the session at the proxy is ended; null where it has no address for that. */
  readonly signOutPath: string | null;
  readonly isAgain: boolean;
};

const NAMES: Readonly<Record<ProxyKind, string>> = {
  alb: "The load balancer",
  cloudflare: "Cloudflare Access",
  iap: "Google Identity-Aware Proxy",
};

/** What there is to do where a proxy in front signs people in, and this page cannot. */
export function ProxyNotice({ kind, signOutPath, isAgain }: Props) {
  return (
    <div className="mx-auto flex max-w-sm flex-col gap-3 px-4 pt-[12vh]">
      <h1 className="font-semibold text-lg">{isAgain ? "Sign in again" : "Nobody signs in here"}</h1>
      <p className="text-muted">
        {NAMES[kind]} in front of Lockkeeper signs you in and says since when.
        {isAgain && " End your session there, sign in, and repeat what you wanted to do."}
      </p>
      {isAgain && signOutPath !== null && (
        // A whole load: it is the proxy that answers.
        <a href={signOutPath} className="w-max text-accent underline">
          End the session at the proxy
        </a>
      )}
      {isAgain && <p className="text-muted text-sm">Or do it in a private window of your browser: it signs in anew.</p>}
      <Link href="/" className="w-max rounded text-accent">
        To the locks
      </Link>
    </div>
  );
}
