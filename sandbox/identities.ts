import { randomBytes } from "node:crypto";
import type { AwsRequest } from "./aws-request.ts";
import { type AccessRequest, isAllowedBy, matchesWildcard, type Policy, parsePolicy } from "./policy.ts";

export type SandboxAccount = { id: string; name: string };
export type AccessKey = { accessKeyId: string; secretAccessKey: string; accountId: string; role?: string | null };
export type RoleOptions = {
  accountId: string;
  name: string;
  externalId?: string;
  /** The role's trust policy does not let a session be given a source identity. */
  refusesSourceIdentity?: boolean;
  /** IAM-like actions such as "s3:ListBucket"; absent means everything. */
  allow?: string[];
  /** A whole IAM policy document that must also allow each request. */
  policy?: string;
  /** S3 keys whose bodies this role may not read. */
  denyReadKeys?: RegExp;
};
export type Principal = {
  accountId: string;
  role: string | null;
  sessionName: string | null;
  sourceIdentity: string | null;
  policy: string | null;
};
export type SessionOptions = {
  sessionName: string;
  sourceIdentity: string | null;
  policy: string | null;
  durationMs: number;
};
export type SessionKey = AccessKey & { sessionToken: string; expiresAtMs: number };
export type Authentication = { principal: Principal } | { failure: "anonymous" | "unknown" | "bad-token" | "expired" };

type Role = RoleOptions & { document: Policy | null };
type Credential = { principal: Principal; sessionToken: string | null; expiresAtMs: number };
export type Identities = ReturnType<typeof createIdentities>;

/** Keeps accounts, access keys and roles, and decides who a request comes from and what it may do. */
export function createIdentities(now: () => number) {
  const accounts = new Map<string, SandboxAccount>();
  const credentials = new Map<string, Credential>();
  const roles = new Map<string, Role>();
  const sessions = new WeakMap<Principal, Policy>();

  function addAccount(account: SandboxAccount): void {
    if (!/^\d{12}$/.test(account.id)) throw new Error(`An account id has 12 digits, not "${account.id}".`);
    accounts.set(account.id, account);
  }

  function addAccessKey(key: AccessKey): void {
    const principal = principalOf(key.accountId, key.role ?? null);
    credentials.set(key.accessKeyId, { principal, sessionToken: null, expiresAtMs: Infinity });
  }

  function addRole(role: RoleOptions): void {
    const document = role.policy === undefined ? null : parsePolicy(role.policy);
    if (role.policy !== undefined && document === null)
      throw new Error(`The policy of role "${role.name}" is malformed.`);
    const { denyReadKeys, ...rest } = role;
    // A global or sticky expression remembers where it stopped, and would deny every second read only.
    const stateless = denyReadKeys && new RegExp(denyReadKeys.source, denyReadKeys.flags.replace(/[gy]/g, ""));
    roles.set(`${role.accountId}/${role.name}`, { ...rest, ...(stateless && { denyReadKeys: stateless }), document });
  }

  function startSession(role: RoleOptions, options: SessionOptions): SessionKey {
    const { durationMs, ...recorded } = options;
    const principal: Principal = { accountId: role.accountId, role: role.name, ...recorded };
    const session = options.policy === null ? null : parsePolicy(options.policy);
    if (session !== null) sessions.set(principal, session);
    const key: SessionKey = {
      accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(96).toString("base64"),
      accountId: role.accountId,
      role: role.name,
      expiresAtMs: now() + durationMs,
    };
    const { sessionToken, expiresAtMs } = key;
    credentials.set(key.accessKeyId, { principal, sessionToken, expiresAtMs });
    return key;
  }

  function authenticate(request: AwsRequest): Authentication {
    if (request.scope === null) return { failure: "anonymous" };
    const credential = credentials.get(request.scope.accessKeyId);
    if (credential === undefined) return { failure: "unknown" };
    if (credential.sessionToken !== request.sessionToken) return { failure: "bad-token" };
    if (credential.expiresAtMs <= now()) return { failure: "expired" };
    return { principal: credential.principal };
  }

  /** Role permissions and session policy must both allow; a key without a role is its account's owner. */
  function isAllowed(principal: Principal, request: AccessRequest): boolean {
    const session = sessions.get(principal);
    if (session !== undefined && !isAllowedBy(session, request)) return false;
    if (principal.role === null) return true;
    const role = roles.get(`${principal.accountId}/${principal.role}`);
    if (role === undefined) return false;
    if (role.allow !== undefined && !role.allow.some((pattern) => matchesWildcard(pattern, request.action, false))) {
      return false;
    }
    if (role.document !== null && !isAllowedBy(role.document, request)) return false;
    const isBodyRead = request.action === "s3:GetObject" || request.action === "s3:GetObjectVersion";
    const key = request.resource.slice(request.resource.indexOf("/") + 1);
    return !(isBodyRead && role.denyReadKeys?.test(key));
  }

  return {
    addAccount,
    addAccessKey,
    addRole,
    startSession,
    authenticate,
    isAllowed,
    accountIds: () => [...accounts.keys()],
    accountName: (id: string) => accounts.get(id)?.name ?? id,
    findRole: (arn: string): RoleOptions | undefined => {
      const [, accountId, name] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
      return roles.get(`${accountId}/${name}`);
    },
  };
}

/** The ARN AWS would show for a principal. */
export function formatPrincipalArn(principal: Principal): string {
  if (principal.role === null) return `arn:aws:iam::${principal.accountId}:root`;
  return `arn:aws:sts::${principal.accountId}:assumed-role/${principal.role}/${principal.sessionName ?? "static"}`;
}

function principalOf(accountId: string, role: string | null): Principal {
  return { accountId, role, sessionName: null, sourceIdentity: null, policy: null };
}
