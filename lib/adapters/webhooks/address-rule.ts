import { BlockList, isIP, isIPv6 } from "node:net";
import { isLoopbackHost } from "#lib/server/env.ts";

export type AddressRule = {
  /** The URL names this machine itself: then it may be nothing else. */
  readonly isLoopbackNamed: boolean;
  /** Networks that are nobody else's are meant. */
  readonly allowPrivate: boolean;
};

/** Every IPv4 network that is not the public internet's, as IANA's registry of special addresses lists them. */
const SPECIAL_V4 = listOf(
  "ipv4",
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24",
  "192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
);
/** Of IPv6 the public internet has one network; in it are some whose addresses contain others. */
const PUBLIC_V6 = listOf("ipv6", "2000::/3");
const SPECIAL_V6 = listOf("ipv6", "2001::/23 2001:db8::/32 2002::/16 3fff::/20");
const PRIVATE = [listOf("ipv4", "10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16"), listOf("ipv6", "fc00::/7")];
/** Where clouds hand out the credentials of a machine: never a receiver, whatever the configuration says. */
const METADATA = [listOf("ipv4", "169.254.0.0/16 100.100.100.200/32"), listOf("ipv6", "fd00:ec2::/32 fd20:ce::/32")];
const LOOPBACK = [listOf("ipv4", "127.0.0.0/8"), listOf("ipv6", "::1/128")];

/** What holds for the addresses of a URL, and the address that it names itself, or null where it is a name. */
export function readTarget(url: string, allowPrivate: boolean): { rule: AddressRule; literal: string | null } {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return { rule: { isLoopbackNamed: isLoopbackHost(host), allowPrivate }, literal: isIP(host) === 0 ? null : host };
}

/** Whether a webhook may connect to an IP address. What is not known to be allowed is not. */
export function mayConnect(address: string, { isLoopbackNamed, allowPrivate }: AddressRule): boolean {
  if (isIP(address) === 0 || address.includes("%") || isMappedV4(address)) return false;
  if (isLoopbackNamed) return isIn(LOOPBACK, address);
  if (isIn(METADATA, address)) return false;
  if (isPublic(address)) return true;
  return allowPrivate && isIn(PRIVATE, address);
}

/** BlockList reads an IPv6 address that contains an IPv4 one as that one, which the address of a receiver never is. */
function isMappedV4(address: string): boolean {
  // There are many ways to write it, and a URL knows one.
  return isIPv6(address) && new URL(`http://[${address}]`).hostname.startsWith("[::ffff:");
}

function isPublic(address: string): boolean {
  if (isIPv6(address)) return isIn([PUBLIC_V6], address) && !isIn([SPECIAL_V6], address);
  return !isIn([SPECIAL_V4], address);
}

function isIn(lists: readonly BlockList[], address: string): boolean {
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  return lists.some((list) => list.check(address, family));
}

function listOf(family: "ipv4" | "ipv6", ...texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of texts.join(" ").split(" ")) {
    const [address = "", bits = ""] = network.split("/");
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
