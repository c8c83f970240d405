import { z } from "zod";
import { ROLES } from "#lib/domain/access/role.ts";
import { AGE_CLASSES } from "#lib/domain/access/unlock-policy.ts";
import { durationBetween, Endpoint, isPrivateOnTheWay } from "./field-schemas.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `***` means nothing that `**` does not, and hides a slip. */
const Pattern = z
  .string()
  .regex(/^(?!.*\*\*\*)[\s\S]{1,1500}$/, "is not a pattern")
  .describe("Write a pattern such as payments-* or acme-*/network/**: * stops at a slash, ** does not.");
const Patterns = z.array(Pattern).min(1, "must have at least one pattern");

const ScopeFields = {
  accounts: Patterns.optional().describe("Write a list of patterns of account labels; without it, all."),
  buckets: Patterns.optional().describe("Write a list of patterns of bucket names; without it, all."),
  statePaths: Patterns.optional().describe(
    "Write a list of patterns of bucket/key, such as acme-tfstate/network/**; without it, all.",
  ),
};

/** Whoever can change what comes from there can be anybody. */
const SecureUrl = Endpoint.refine(isPrivateOnTheWay, "would be asked over the network in the clear");

const Name = z
  .string()
  .regex(/^[^\p{C}]{1,200}$/u, "is not a name")
  .describe("Write the name as it is told by the identity provider.");

const Rule = z
  .strictObject({
    role: z.enum(ROLES, { error: "is not a role" }).describe(`Write one of ${ROLES.join(", ")}.`),
    groups: z
      .array(Name)
      .min(1, "must have at least one group")
      .optional()
      .describe("Write a list of groups as the identity provider names them."),
    people: z
      .array(Name)
      .min(1, "must have at least one person")
      .optional()
      .describe(
        "Write a list of people: who signs in with a password by e-mail address, all others by the subject (sub) that the provider gives them.",
      ),
    ...ScopeFields,
  })
  .describe("Write role, groups or people or both, and optionally accounts, buckets and statePaths.");

const Policy = z
  .strictObject({
    ...ScopeFields,
    ticket: z
      .array(
        z
          .string()
          .regex(/^(?=.*#)[^\p{C}\p{Z}]{2,50}$/u, "is not a ticket pattern")
          .describe("Write the form of a ticket, with # for its digits, such as INC-#."),
      )
      .min(1, "must have at least one form")
      .optional()
      .describe("Write a list of forms of which one must occur in the reason, such as INC-#."),
    minAge: z
      .strictObject(
        Object.fromEntries(
          AGE_CLASSES.map((name) => [
            name,
            durationBetween(0, 30 * DAY_MS, "Write a duration from 0s to 720h, such as 15m.").optional(),
          ]),
        ) as Record<(typeof AGE_CLASSES)[number], z.ZodOptional<z.ZodString>>,
      )
      .optional()
      .describe(`Write how old a lock must be, by operation: ${AGE_CLASSES.join(", ")}.`),
    coolDown: durationBetween(0, DAY_MS, "Write a duration from 0s to 24h, such as 5m.").optional(),
    rate: z
      .strictObject({
        unlocks: z
          .number()
          .int("is not a whole number")
          .min(1, "is out of range")
          .max(1000, "is out of range")
          .describe("Write how many unlocks a person may do in that time."),
        per: durationBetween(MINUTE_MS, DAY_MS, "Write a duration from 1m to 24h, such as 10m."),
      })
      .optional()
      .describe("Write unlocks and per, such as unlocks: 3 and per: 10m."),
    approval: z
      .enum(["required", "none"], { error: "is not an approval rule" })
      .optional()
      .describe("Write required, for a second person to approve each unlock, or none."),
    approvalExpires: durationBetween(MINUTE_MS, DAY_MS, "Write a duration from 1m to 24h, such as 60m.").optional(),
    breakGlass: z
      .enum(["allowed", "refused"], { error: "is not a break-glass rule" })
      .optional()
      .describe("Write allowed or refused: whether approval and cool-down can be skipped in an emergency."),
  })
  .describe(
    "Write where it applies (accounts, buckets, statePaths) and any of ticket, minAge, coolDown, rate, approval, approvalExpires and breakGlass.",
  );

const Oidc = z
  .strictObject({
    name: Name.optional().describe("Write what the button says, such as Okta."),
    issuer: SecureUrl.describe("Write the issuer's URL, such as https://acme.okta.com."),
    clientId: z
      .string()
      .regex(/^[^\p{C}]{1,500}$/u, "is not a client id")
      .describe("Write the client ID that the provider gave."),
    clientSecret: z
      .string()
      .regex(/^[\s\S]{1,2000}$/, "is not a client secret")
      .describe("Write a reference such as $" + "{env:LOCKKEEPER_OIDC_SECRET}."),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, "is not a scope"))
      .optional()
      .describe("Write a list of scopes; without it openid, profile, email and offline_access."),
    groupsClaim: Name.optional().describe("Write the name of the claim that holds the groups; without it groups."),
  })
  .describe("Write issuer, clientId and clientSecret, and optionally name, scopes and groupsClaim.");

const AccessProxy = z
  .strictObject({
    kind: z
      .enum(["alb", "cloudflare", "iap"], { error: "is not a kind of proxy" })
      .describe("Write alb, cloudflare or iap: only proxies that sign what they say can be trusted."),
    signer: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[\w./-]{1,200}$/,
        "is not the ARN of a load balancer",
      )
      .optional()
      .describe("Write the ARN of the load balancer (alb)."),
    issuer: SecureUrl.optional().describe("Write the issuer that the load balancer is configured with (alb)."),
    clientId: Name.optional().describe("Write the client ID that the load balancer is configured with (alb)."),
    teamUrl: SecureUrl.optional().describe(
      "Write the team's URL, such as https://acme.cloudflareaccess.com (cloudflare).",
    ),
    audience: Name.optional().describe("Write the application's audience tag (cloudflare, iap)."),
    keysUrl: SecureUrl.optional().describe(
      "Write where the proxy's public keys are, only where that is another place than usual.",
    ),
    groupsClaim: Name.optional().describe("Write the name of the claim that holds the groups; without it groups."),
  })
  .describe("Write kind and what belongs to it: signer, issuer and clientId, or teamUrl and audience, or audience.");

/** Who may sign in and how, what they may do, and what an unlock takes. */
export const AccessSchema = z
  .strictObject({
    mode: z
      .enum(["local", "password", "oidc", "proxy"], { error: "is not an access mode" })
      .optional()
      .describe("Write local, password, oidc or proxy."),
    oidc: Oidc.optional(),
    proxy: AccessProxy.optional(),
    breakGlassPeople: z
      .array(Name)
      .min(1, "must have at least one person")
      .optional()
      .describe("Write a list of e-mail addresses that may sign in with a password while mode is oidc."),
    roles: z.array(Rule).optional().describe("Write a list of roles, each with groups or people and a scope."),
    denials: z
      .array(Rule)
      .optional()
      .describe("Write a list of roles that are taken away again, each with groups or people and a scope."),
    policies: z.array(Policy).optional().describe("Write a list of policies, each with where it applies."),
    freshSignIn: durationBetween(
      0,
      DAY_MS,
      "Write a duration from 0s to 24h, such as 5m: how old a sign-in may be before an unlock; 0s never asks again.",
    ).optional(),
    session: z
      .strictObject({
        idle: durationBetween(5 * MINUTE_MS, DAY_MS, "Write a duration from 5m to 24h, such as 30m.").optional(),
        absolute: durationBetween(
          5 * MINUTE_MS,
          7 * DAY_MS,
          "Write a duration from 5m to 168h, such as 12h.",
        ).optional(),
      })
      .optional()
      .describe("Write idle and absolute: after how long without use, and after how long at all, a session ends."),
  })
  .describe("Write mode, and with another one than local its settings and roles.");
