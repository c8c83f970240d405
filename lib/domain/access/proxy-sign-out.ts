/** The proxies that may vouch for people, as the configuration names them. */
export type ProxyKind = "alb" | "cloudflare" | "iap";

const BASE = "http://lockkeeper.invalid";

/**
 * Where a browser ends its session at the proxy in front, and for IAP comes back to `next`, a path of ours; null for ALB, which has
 * no such address. Sources: Google Cloud, "Query parameters and headers"; Cloudflare Access, "Session management".
 */
export function proxySignOutPath(kind: ProxyKind, next: string): string | null {
  switch (kind) {
    case "alb":
      return null;
    case "cloudflare":
      return "/cdn-cgi/access/logout";
    case "iap": {
      const url = new URL(next, BASE);
      url.searchParams.set("gcp-iap-mode", "CLEAR_LOGIN_COOKIE");
      return `${url.pathname}${url.search}`;
    }
  }
}
