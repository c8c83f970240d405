import type { Assertion, AssertionVerdict } from "#lib/domain/access/assertion.ts";
import {
  type Claims,
  type GroupsVerdict,
  readEmail,
  readGroups,
  readName,
  readSubject,
} from "#lib/domain/access/claims.ts";
import { type AlbSettings, createAlbScheme } from "./alb.ts";
import { type CloudflareSettings, createCloudflareScheme } from "./cloudflare.ts";
import { createIapScheme, type IapSettings } from "./iap.ts";
import type { KeyServerOptions } from "./key-server.ts";
import { type Scheme, SKEW_MS } from "./scheme.ts";
import { parseToken, verifyToken } from "./token.ts";

export type AssertionSettings = AlbSettings | CloudflareSettings | IapSettings;

export type AssertionReader = {
  /** What the configured proxy says of who asks, if it is genuine. Headers of other proxies are not looked at. */
  readonly read: (headers: Pick<Headers, "get">) => Promise<AssertionVerdict>;
};

/** The last moment that a date can hold. */
const EPOCH_MS_MAX = 8.64e15;

/**
 * Reads what a reverse proxy asserts of a person, and believes it only with the proxy's signature. AppError `invalid` where the
 * settings do not say where the keys are.
 */
export function createAssertionReader(
  settings: AssertionSettings,
  options: KeyServerOptions & { readonly groupsClaim: string },
): AssertionReader {
  const scheme = createScheme(settings, options);
  return {
    async read(headers) {
      const text = headers.get(scheme.headerName);
      if (text === null) return { verdict: "absent" };
      return readAssertion(scheme, text, { groupsClaim: options.groupsClaim, nowMs: options.now() });
    },
  };
}

function createScheme(settings: AssertionSettings, options: KeyServerOptions): Scheme {
  switch (settings.kind) {
    case "alb":
      return createAlbScheme(settings, options);
    case "cloudflare":
      return createCloudflareScheme(settings, options);
    case "iap":
      return createIapScheme(settings, options);
  }
}

type Moment = { readonly groupsClaim: string; readonly nowMs: number };

async function readAssertion(scheme: Scheme, text: string, moment: Moment): Promise<AssertionVerdict> {
  const parsed = parseToken(text, scheme.algorithm);
  if (parsed.verdict === "refused") return parsed;
  const { token } = parsed;
  const headerProblem = scheme.findHeaderProblem(token.header, moment.nowMs);
  if (headerProblem !== null) return refuse(headerProblem);

  const found = await scheme.findKey(token.kid);
  if (found.verdict === "unavailable") return found;
  if (found.verdict === "unknown") return refuse("It is signed with a key that the key server does not have.");

  const verified = await verifyToken(token.text, found.key, {
    ...scheme.expected,
    algorithms: [scheme.algorithm],
    clockTolerance: SKEW_MS / 1000,
    currentDate: new Date(moment.nowMs),
  });
  if (verified.verdict === "refused") return verified;
  return judge(scheme, token.header, verified.claims, moment);
}

function judge(scheme: Scheme, header: Claims, claims: Claims, { groupsClaim, nowMs }: Moment): AssertionVerdict {
  const claimProblem = scheme.findClaimProblem(claims);
  if (claimProblem !== null) return refuse(claimProblem);
  const subject = readSubject(claims);
  if (subject === null) return refuse("It names no person: a subject of 1 to 255 characters is missing.");
  const expiresAtMs = Number(scheme.expiresAtS(claims, header)) * 1000;
  if (!(expiresAtMs <= EPOCH_MS_MAX)) return refuse("It expires at no date.");
  const places = scheme.claimPlaces(claims);
  const groups = findGroups(places, groupsClaim);
  if (groups.verdict === "refused") return refuse(groups.problem);
  const assertion: Assertion = {
    issuer: scheme.issuer,
    subject,
    name: readName(claims),
    email: readEmail(claims),
    groups: groups.groups,
    signedInAtMs: readSignInTime(places.find((place) => Object.hasOwn(place, "auth_time"))?.["auth_time"], nowMs),
    expiresAtMs,
  };
  return { verdict: "valid", assertion };
}

/** A place that has no groups gives way to the next; one that is refused does not. */
function findGroups(places: readonly Claims[], groupsClaim: string): GroupsVerdict {
  const verdicts = places.map((place) => readGroups(place, groupsClaim));
  return (
    verdicts.find(({ verdict }) => verdict === "refused") ??
    verdicts[places.findIndex((place) => Object.hasOwn(place, groupsClaim))] ?? { verdict: "read", groups: [] }
  );
}

/** No other time will do, since a proxy makes new tokens without asking the person again. A time to come proves nothing, or a sign-in would stay fresh until then. */
function readSignInTime(claim: unknown, nowMs: number): number | null {
  if (typeof claim !== "number" || !(claim >= 0)) return null;
  return claim * 1000 > nowMs + SKEW_MS ? null : Math.min(claim * 1000, nowMs);
}

function refuse(reason: string): AssertionVerdict {
  return { verdict: "refused", reason };
}
