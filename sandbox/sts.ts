import { randomUUID } from "node:crypto";
import { type AwsRequest, type AwsResponse, parseQuery } from "./aws-request.ts";
import { type Authentication, formatPrincipalArn, type Identities, type Principal } from "./identities.ts";
import { parsePolicy } from "./policy.ts";
import { escapeXml } from "./s3-errors.ts";

const NAME = /^[\w+=,.@-]{2,64}$/;
const POLICY_CHARACTERS_MAX = 2048;

/** Names what an STS request asks for; the key is the role ARN. */
export function describeSts(request: AwsRequest): { operation: string; bucket: null; key: string | null } {
  const form = formOf(request);
  return { operation: form.get("Action") ?? "Unknown", bucket: null, key: form.get("RoleArn") ?? null };
}

/** Answers one STS request of the query protocol. */
export function answerSts(identities: Identities, request: AwsRequest, caller: Authentication): AwsResponse {
  if (!("principal" in caller)) {
    if (caller.failure === "expired")
      return formatStsError(403, "ExpiredToken", "The security token included in the request is expired");
    if (caller.failure === "anonymous")
      return formatStsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    return formatStsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
  }
  const form = formOf(request);
  const action = form.get("Action");
  if (action === "GetCallerIdentity") return getCallerIdentity(caller.principal);
  if (action === "AssumeRole") return assumeRole(identities, form, caller.principal);
  return formatStsError(400, "InvalidAction", `Could not find operation ${action ?? ""} for version 2011-06-15`);
}

/** Writes an STS error answer. */
export function formatStsError(status: number, code: string, message: string): AwsResponse {
  const type = status >= 500 ? "Receiver" : "Sender";
  const xml = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
  return { status, headers: { "content-type": "text/xml" }, body: Buffer.from(xml) };
}

function assumeRole(identities: Identities, form: Map<string, string>, caller: Principal): AwsResponse {
  const arn = form.get("RoleArn") ?? "";
  const sessionName = form.get("RoleSessionName") ?? "";
  const sourceIdentity = form.get("SourceIdentity") ?? null;
  const policy = form.get("Policy") ?? null;
  const durationSeconds = Number(form.get("DurationSeconds") ?? 3600);
  const invalid = (message: string) => formatStsError(400, "ValidationError", message);
  if (!NAME.test(sessionName))
    return invalid(`Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint`);
  if (sourceIdentity !== null && !NAME.test(sourceIdentity)) {
    return invalid(`Value '${sourceIdentity}' at 'sourceIdentity' failed to satisfy constraint`);
  }
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900 || durationSeconds > 43_200) {
    return invalid(`Value '${durationSeconds}' at 'durationSeconds' failed to satisfy constraint`);
  }
  if (caller.role !== null && durationSeconds > 3600) {
    return invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  }
  if (policy !== null && policy.length > POLICY_CHARACTERS_MAX) {
    return invalid(
      "Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    );
  }
  if (policy !== null && parsePolicy(policy) === null) {
    return formatStsError(400, "MalformedPolicyDocument", "Syntax errors in policy.");
  }
  const role = identities.findRole(arn);
  if (sourceIdentity !== null && role?.refusesSourceIdentity === true) {
    const who = formatPrincipalArn(caller);
    return formatStsError(
      403,
      "AccessDenied",
      `User: ${who} is not authorized to perform: sts:SetSourceIdentity on resource: ${arn}`,
    );
  }
  if (role === undefined || (role.externalId !== undefined && role.externalId !== form.get("ExternalId"))) {
    const who = formatPrincipalArn(caller);
    return formatStsError(
      403,
      "AccessDenied",
      `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  }
  const session = { sessionName, sourceIdentity, policy, durationMs: durationSeconds * 1000 };
  const key = identities.startSession(role, session);
  const assumed = formatPrincipalArn({ accountId: key.accountId, role: role.name, ...session });
  return formatResult(
    "AssumeRole",
    `<AssumedRoleUser><AssumedRoleId>AROASANDBOX:${escapeXml(sessionName)}</AssumedRoleId><Arn>${escapeXml(assumed)}</Arn></AssumedRoleUser><Credentials><AccessKeyId>${key.accessKeyId}</AccessKeyId><SecretAccessKey>${key.secretAccessKey}</SecretAccessKey><SessionToken>${key.sessionToken}</SessionToken><Expiration>${new Date(key.expiresAtMs).toISOString()}</Expiration></Credentials>${sourceIdentity === null ? "" : `<SourceIdentity>${escapeXml(sourceIdentity)}</SourceIdentity>`}`,
  );
}

function getCallerIdentity(principal: Principal): AwsResponse {
  const arn = formatPrincipalArn(principal);
  const userId = principal.role === null ? principal.accountId : `AROASANDBOX:${principal.sessionName ?? "static"}`;
  return formatResult(
    "GetCallerIdentity",
    `<Arn>${escapeXml(arn)}</Arn><UserId>${escapeXml(userId)}</UserId><Account>${principal.accountId}</Account>`,
  );
}

function formatResult(action: string, result: string): AwsResponse {
  const xml = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(xml) };
}

function formOf(request: AwsRequest): Map<string, string> {
  return request.method === "POST" ? parseQuery(request.body.toString()) : request.query;
}
