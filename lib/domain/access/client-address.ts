/**
 * The address of whoever asks: the peer's, or, behind a known number of our own proxies, what the outermost of them says. What
 * stands further left in X-Forwarded-For is whatever the client wrote.
 */
export function findClientAddress(peer: string, forwardedFor: string | null, trustedProxies: number): string {
  if (trustedProxies === 0) return peer;
  const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim());
  return hops.at(-trustedProxies) || peer;
}

/** The network that counts as one asker: /24 of IPv4 and /64 of IPv6, since one subscriber has all of that. */
export function networkOf(address: string): string {
  const text = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const mapped = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(text);
  if (mapped !== null) return `${mapped[1]}.${mapped[2]}.${mapped[3]}.0/24`;
  const url = URL.parse(`http://[${text}]`);
  if (url === null) return "unknown";
  const host = url.hostname.slice(1, -1);
  const v4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (v4 !== null) {
    const high = Number.parseInt(v4[1] ?? "0", 16);
    const low = Number.parseInt(v4[2] ?? "0", 16);
    return `${high >> 8}.${high & 255}.${low >> 8}.0/24`;
  }
  return `${expand(host).slice(0, 4).join(":")}::/64`;
}

function expand(host: string): readonly string[] {
  const [head = "", tail] = host.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  return tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
}
