import { expect, test } from "vitest";
import { complaints, read, withBucket } from "./config-texts.ts";

function withAccess(access: Readonly<Record<string, unknown>>): string {
  return `${withBucket("abc")}access: ${JSON.stringify(access)}\n`;
}

const OIDC = { issuer: "https://id.example", clientId: "lockkeeper", clientSecret: "not-shown" };
const ALB = {
  kind: "alb",
  signer: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/lockkeeper/50dc6c495c0c9188",
  issuer: "https://id.example",
  clientId: "lockkeeper",
};

test.each<[string, Record<string, unknown>]>([
  ["local", {}],
  ["password", { roles: [{ role: "viewer", people: ["kim@acme.example"] }] }],
  ["oidc", { oidc: OIDC, breakGlassPeople: ["kim@acme.example"], roles: [{ role: "unlocker", groups: ["sre"] }] }],
  [
    "proxy",
    { proxy: { kind: "cloudflare", teamUrl: "https://acme.cloudflareaccess.com", audience: "tag" }, freshSignIn: "5m" },
  ],
  ["proxy", { proxy: ALB, freshSignIn: "0s" }],
  ["oidc", { oidc: { ...OIDC, issuer: "http://127.0.0.1:9000" } }],
])("the mode %s is accepted with what it needs", (mode, rest) => {
  expect(complaints(withAccess({ mode, ...rest }))).toEqual([]);
});

test.each<[string, Record<string, unknown>, string]>([
  ["oidc without a provider", { mode: "oidc" }, "access.mode: needs oidc beside it."],
  ["a proxy that signs nothing", { mode: "proxy" }, "access.mode: would believe whatever a proxy says."],
  [
    "a header that anybody can send",
    { mode: "proxy", proxy: { kind: "x-forwarded-user" } },
    "access.proxy.kind: is not a kind of proxy. Write alb, cloudflare or iap",
  ],
  [
    "a load balancer without its ARN",
    { mode: "proxy", freshSignIn: "0s", proxy: { kind: "alb", issuer: "https://id.example", clientId: "x" } },
    "access.proxy.kind: needs signer beside it.",
  ],
  ["a proxy that cannot tell when somebody signed in", { mode: "proxy", proxy: ALB }, "so freshSignIn must be decided"],
  [
    "roles in local mode",
    { roles: [{ role: "viewer", people: ["kim"] }] },
    "access.roles: means nothing in the mode local.",
  ],
  ["a role for nobody", { mode: "password", roles: [{ role: "viewer" }] }, "access.roles[0]: is given to nobody."],
  [
    "groups of people that no provider tells",
    { mode: "password", roles: [{ role: "viewer", groups: ["sre"], people: ["kim@acme.example"] }] },
    "access.roles[0].groups: means nothing in the mode password.",
  ],
  [
    "a second person in local mode",
    { policies: [{ approval: "required" }] },
    "access.policies[0].approval: needs a second person",
  ],
  [
    "break-glass people beside people with passwords",
    { mode: "password", breakGlassPeople: ["kim@acme.example"] },
    "access.breakGlassPeople: means nothing in the mode password.",
  ],
  [
    "a role that does not exist",
    { mode: "oidc", oidc: OIDC, roles: [{ role: "owner", groups: ["sre"] }] },
    "access.roles[0].role: is not a role.",
  ],
  [
    "three stars",
    { mode: "oidc", oidc: OIDC, roles: [{ role: "viewer", groups: ["a"], buckets: ["a***"] }] },
    "is not a pattern.",
  ],
  [
    "no pattern",
    { mode: "oidc", oidc: OIDC, roles: [{ role: "viewer", groups: ["a"], buckets: [] }] },
    "must have at least one pattern.",
  ],
  ["a ticket without digits", { policies: [{ ticket: ["INC"] }] }, "is not a ticket pattern."],
])("%s is refused with what to write instead", (_name, access, complaint) => {
  expect(complaints(withAccess(access)).join("\n")).toContain(complaint);
});

test("the client's secret is never repeated", () => {
  const text = withAccess({ mode: "oidc", oidc: { ...OIDC, clientSecret: 12345 } });

  expect(complaints(text).join("\n")).toContain("access.oidc.clientSecret: must be text");
  expect(complaints(text).join("\n")).not.toContain("12345");
});

test("without a word, a role is for everywhere and a sign-in is fresh for five minutes", () => {
  const parsed = read(withAccess({ mode: "password", roles: [{ role: "viewer", people: ["kim@acme.example"] }] }));

  expect(parsed.ok && parsed.config.access).toMatchObject({
    rules: [{ effect: "allow", scope: { accounts: ["**"], buckets: ["**"], statePaths: ["**"] } }],
    freshSignInMsMax: 300_000,
    session: { idleMs: 1_800_000, absoluteMs: 43_200_000 },
  });
});

test("in local mode nobody is asked to sign in again", () => {
  const parsed = read(withBucket("abc"));

  expect(parsed.ok && parsed.config.access.freshSignInMsMax).toBeNull();
});
