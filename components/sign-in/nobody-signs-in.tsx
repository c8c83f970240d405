import Link from "next/link";
import { type ProxyKind, proxySignOutPath } from "#lib/domain/access/proxy-sign-out.ts";

type Props = {
  /** The proxy in front that signs people in; null where there is nobody but the person at this machine. */
  readonly proxyKind: ProxyKind | null;
  readonly next: string;
  readonly isAgain: boolean;
};

const NAMES: Readonly<Record<ProxyKind, string>> = {
  alb: "The load balancer",
  cloudflare: "Cloudflare Access",
  iap: "Google Identity-Aware Proxy",
};

/** In the place of a sign-in where this page cannot sign anybody in: who does, and how to do it again. */
export function NobodySignsIn({ proxyKind, next, isAgain }: Props) {
  return (
    <div className="mx-auto flex max-w-sm flex-col gap-3 px-4 pt-[12vh]">
      <h1 className="font-semibold text-lg">{isAgain ? "Sign in again" : "Nobody signs in here"}</h1>
      <p className="text-muted">
        {proxyKind === null
          ? "Lockkeeper is told by other means who you are."
          : `${NAMES[proxyKind]} in front of Lockkeeper signs you in and says since when.`}
      </p>
      {isAgain && proxyKind !== null && <ProxyAgain signOutPath={proxySignOutPath(proxyKind, next)} />}
      <Link href="/" className="w-max rounded text-accent">
        To the locks
      </Link>
    </div>
  );
}

/** Without an address of the proxy for it (null), a private window is what is left. */
function ProxyAgain({ signOutPath }: { signOutPath: string | null }) {
  return (
    <>
      {signOutPath !== null && (
        <>
          <p className="text-muted">End your session there, sign in, and repeat what you wanted to do.</p>
          {/* A whole load: it is the proxy that answers. */}
          <a href={signOutPath} className="w-max text-accent underline">
            End the session at the proxy
          </a>
        </>
      )}
      <p className="text-muted text-sm">
        {signOutPath === null ? "Do it" : "Or do it"} in a private window of your browser: it signs in anew.
      </p>
    </>
  );
}
