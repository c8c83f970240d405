import type { AccessInput } from "./access-config.ts";
import type { RuleProblem } from "./account-rules.ts";

/** What each kind of proxy needs to be verified. */
const NEEDS = {
  alb: ["signer", "issuer", "clientId"],
  cloudflare: ["teamUrl", "audience"],
  iap: ["audience"],
} as const;
/** Checks what one field of `access` alone cannot show, and refuses combinations that would be dangerous. */
export function checkAccess(access: AccessInput | undefined): readonly RuleProblem[] {
  if (access === undefined) return [];
  const mode = access.mode ?? "local";
  return [
    ...checkSettings(access, mode),
    ...checkRules(access, mode),
    ...checkApproval(access, mode),
    ...checkFreshSignIn(access, mode),
  ];
}

function problem(path: readonly (string | number)[], message: string, hint: string): RuleProblem {
  return { path: ["access", ...path], message, hint };
}

function checkSettings({ oidc, proxy, breakGlassPeople, session }: AccessInput, mode: string): RuleProblem[] {
  const found: RuleProblem[] = [];
  if (mode === "oidc" && oidc === undefined)
    found.push(problem(["mode"], "needs oidc beside it", "Write oidc with issuer, clientId and clientSecret."));
  if (mode !== "oidc" && oidc !== undefined)
    found.push(problem(["oidc"], `means nothing in the mode ${mode}`, "Remove it, or write mode: oidc."));
  if (mode !== "oidc" && breakGlassPeople !== undefined)
    found.push(problem(["breakGlassPeople"], `means nothing in the mode ${mode}`, "Remove it, or write mode: oidc."));
  if (mode === "proxy" && proxy === undefined)
    found.push(
      problem(["mode"], "would believe whatever a proxy says", "Write proxy with its kind and what it signs with."),
    );
  if (mode !== "proxy" && proxy !== undefined)
    found.push(problem(["proxy"], `means nothing in the mode ${mode}`, "Remove it, or write mode: proxy."));
  if ((mode === "local" || mode === "proxy") && session !== undefined)
    found.push(problem(["session"], `means nothing in the mode ${mode}`, "Remove it: there are no sessions in it."));
  for (const name of proxy === undefined ? [] : NEEDS[proxy.kind]) {
    if (proxy?.[name] === undefined)
      found.push(
        problem(["proxy", "kind"], `needs ${name} beside it`, `Write ${name}, which the signature is checked against.`),
      );
  }
  return found;
}

function checkRules({ roles = [], denials = [] }: AccessInput, mode: string): RuleProblem[] {
  const placed = [
    ...roles.map((rule, index) => ({ rule, path: ["roles", index] as const })),
    ...denials.map((rule, index) => ({ rule, path: ["denials", index] as const })),
  ];
  if (mode === "local") {
    return placed
      .slice(0, 1)
      .map(({ path }) =>
        problem(
          [path[0]],
          "means nothing in the mode local",
          "Remove it: the person at this machine may do everything.",
        ),
      );
  }
  return placed.flatMap(({ rule, path }) => {
    const found: RuleProblem[] = [];
    if (rule.groups === undefined && rule.people === undefined)
      found.push(problem([...path], "is given to nobody", "Write groups or people or both."));
    if (rule.groups !== undefined && mode === "password")
      found.push(
        problem([...path, "groups"], "means nothing in the mode password", "Write people, by e-mail address."),
      );
    return found;
  });
}

function checkApproval({ policies = [] }: AccessInput, mode: string): RuleProblem[] {
  if (mode !== "local") return [];
  return policies.flatMap(({ approval }, index) =>
    approval === "required"
      ? [
          problem(
            ["policies", index, "approval"],
            "needs a second person, and in the mode local there is one",
            "Remove it, or choose a mode in which people sign in.",
          ),
        ]
      : [],
  );
}

/** Only a proxy that passes `auth_time` on can pass the question, so whether it is asked must be somebody's decision. */
function checkFreshSignIn({ proxy, freshSignIn }: AccessInput, mode: string): RuleProblem[] {
  if (mode !== "proxy" || proxy === undefined || freshSignIn !== undefined) return [];
  return [
    problem(
      ["proxy", "kind"],
      "may not say when a person signed in, so freshSignIn must be decided",
      "Write freshSignIn: 5m where the proxy passes the claim auth_time on, else 0s, and let its sessions be short.",
    ),
  ];
}
