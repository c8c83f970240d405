import { formatOneLine } from "#lib/domain/display-text.ts";

/** What somebody whose signature was verified says about a person. */
export type Claims = Readonly<Record<string, unknown>>;

export type GroupsVerdict =
  | { readonly verdict: "read"; readonly groups: readonly string[] }
  /** The groups are not known, which is not the same as having none. `problem` says what to do and quotes nothing. */
  | { readonly verdict: "refused"; readonly problem: string };

const GROUPS_MAX = 1000;
const NAME_LENGTH_MAX = 200;
/** RFC 5321 allows no longer path. */
const EMAIL_LENGTH_MAX = 254;
/** OpenID Connect Core allows no longer subject. */
const SUBJECT_LENGTH_MAX = 255;
/** What browsers take as an e-mail address: exactly one @, and ASCII only. */
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;
/** Controls and lone surrogates. PostgreSQL keeps neither U+0000 nor half a character. */
const UNKEEPABLE = /[\p{Cc}\p{Cs}]/u;

/** The groups that a person is in, without repetition. Anything that might hide one is refused, never read as "no groups". */
export function readGroups(claims: Claims, groupsClaim: string): GroupsVerdict {
  if (pointsElsewhere(claims, groupsClaim)) return refuse(OVERAGE);
  const claim = claimOf(claims, groupsClaim) ?? [];
  const groups: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  if (groups.length > GROUPS_MAX) return refuse(TOO_MANY);
  if (!groups.every((group) => typeof group === "string")) return refuse(NOT_NAMES);
  if (groups.some((group) => UNKEEPABLE.test(group))) return refuse(BROKEN_NAME);
  return { verdict: "read", groups: [...new Set(groups.filter((group) => group !== ""))] };
}

const OVERAGE =
  "The identity provider sent a pointer to the groups in place of the groups, as Entra ID does over 200. Make it send only the groups assigned to the application, or roles.";
const TOO_MANY = `The identity provider sent more than ${GROUPS_MAX} groups. Make it send only the groups that matter to Lockkeeper.`;
const NOT_NAMES =
  "The groups claim is neither a text nor a list of texts. Make the identity provider send group names.";
const BROKEN_NAME =
  "The name of a group has control characters or half characters. Rename that group, or do not send it.";

function refuse(problem: string): GroupsVerdict {
  return { verdict: "refused", problem };
}

/** Entra ID says where to ask for the groups, or in short tokens only that there are some. */
function pointsElsewhere(claims: Claims, groupsClaim: string): boolean {
  const pointers = claimOf(claims, "_claim_names");
  if (isObject(pointers) && Object.hasOwn(pointers, groupsClaim)) return true;
  const hasGroups = claimOf(claims, "hasgroups");
  return !Object.hasOwn(claims, groupsClaim) && (hasGroups === true || hasGroups === "true");
}

/** The e-mail address in lower case; null where it is not verified, or not plain enough to be compared. */
export function readEmail(claims: Claims): string | null {
  const email = claimOf(claims, "email");
  if (typeof email !== "string" || !isVerified(claims)) return null;
  // Before anything is folded: NFKC and lower case would turn ａlice＠ and the Kelvin sign into the ASCII of another mailbox.
  if (email.length > EMAIL_LENGTH_MAX || !EMAIL.test(email)) return null;
  return email.toLowerCase();
}

/** Providers that verify every address send no claim about it. Cognito's is a text. */
function isVerified(claims: Claims): boolean {
  const isVerified = Object.hasOwn(claims, "email_verified") ? claims["email_verified"] : true;
  return isVerified === true || isVerified === "true";
}

/** The name to show for a person, in one line with nothing hidden; it identifies nobody. */
export function readName(claims: Claims): string | null {
  for (const key of ["name", "preferred_username"]) {
    const name = claimOf(claims, key);
    if (typeof name !== "string") continue;
    const shown = formatOneLine(name.normalize("NFC").trim(), { maxLength: NAME_LENGTH_MAX });
    if (shown !== "") return shown;
  }
  return null;
}

/** The subject exactly as the issuer writes it; null where it names nobody or cannot be kept exactly. */
export function readSubject(claims: Claims): string | null {
  const subject = claimOf(claims, "sub");
  if (typeof subject !== "string" || subject.trim() === "") return null;
  return subject.length > SUBJECT_LENGTH_MAX || UNKEEPABLE.test(subject) ? null : subject;
}

function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function isObject(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
