import { bodyBytesMaxOf, describeTooLarge } from "./body-limit.ts";
import { isRouterState } from "./router-state.ts";

export type DoorRequest = {
  readonly method: string;
  /** As it stands in the first line of the request. */
  readonly target: string;
  readonly contentLength: string | undefined;
  readonly routerState: string | undefined;
};

export type DoorVerdict =
  | { readonly verdict: "pass" }
  | {
      readonly verdict: "refuse";
      readonly status: number;
      readonly code: "invalid" | "too_large" | "unavailable";
      readonly message: string;
      readonly hint: string;
      readonly allow?: string;
    };

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Next redirects by naming the address twice, and many clients take 16 KiB of headers at most. */
const TARGET_LENGTH_MAX = 6 * 1024;

/** Decides whether Next may see a request at all: it would answer each of these with 500, or with more than a client takes. */
export function decideAtDoor({ method, target, contentLength, routerState }: DoorRequest): DoorVerdict {
  if (!METHODS.includes(method)) {
    const allow = METHODS.join(", ");
    return { ...refuse(405, "The method is not known.", `Use one of ${allow}.`), allow };
  }
  const url = target.startsWith("/") ? URL.parse(`http://door${target}`) : null;
  if (url === null) return refuse(400, "The address is not a path.", 'Send a path that begins with "/".');
  if (Math.max(url.href.length, target.length) > TARGET_LENGTH_MAX)
    return refuse(414, "The address is too long.", `Send at most ${TARGET_LENGTH_MAX / 1024} KiB of address.`);
  if (!isDecodable(url.pathname))
    return refuse(400, "The address does not decode.", "Encode the path as UTF-8, with %25 for a percent sign.");
  // No text in PostgreSQL has this character, so nothing of ours is found by it.
  if (/%00/.test(target)) return refuse(400, "The address has a NUL character.", "Leave out %00.");
  if (routerState !== undefined && !isRouterState(routerState))
    return refuse(400, "The header Next-Router-State-Tree does not parse.", "Leave it out.");
  const bytesMax = bodyBytesMaxOf(url.pathname);
  if (Number(contentLength ?? 0) > bytesMax) {
    const { message, hint } = describeTooLarge(bytesMax);
    return { verdict: "refuse", status: 413, code: "too_large", message, hint };
  }
  return { verdict: "pass" };
}

function refuse(status: number, message: string, hint: string): Extract<DoorVerdict, { verdict: "refuse" }> {
  return { verdict: "refuse", status, code: "invalid", message, hint };
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
