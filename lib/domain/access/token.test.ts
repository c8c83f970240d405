import { expect, test } from "vitest";
import { FULL_ACCESS, mayAnywhere, NO_ACCESS } from "./access.ts";
import { EVERYWHERE } from "./scope.ts";
import {
  canLend,
  formatToken,
  isUseWorthNoting,
  parseToken,
  TOKEN_DAYS_MAX,
  TOKEN_ROLES,
  tokenAccess,
  tokenExpiry,
  tokenStatus,
} from "./token.ts";

const SECRET = "a_-Z0".padEnd(43, "x");
const LIMIT = { roles: TOKEN_ROLES, scope: EVERYWHERE };

test("a token reads back into the parts it was made of", () => {
  const parts = { id: "01JDT0KEN00000000000000000", secret: SECRET };
  expect(parseToken(formatToken(parts))).toEqual(parts);
});

test.each([
  ["nothing", ""],
  ["another prefix", `tlk_id_${SECRET}`],
  ["no id", `lkt__${SECRET}`],
  ["a short secret", `lkt_id_${SECRET.slice(1)}`],
  ["a long secret", `lkt_id_${SECRET}x`],
  ["something before it", ` lkt_id_${SECRET}`],
  ["a line after it", `lkt_id_${SECRET}\n`],
  ["a NUL in its id", `lkt_i\u0000d_${SECRET}`],
  ["an endless id", `lkt_${"i".repeat(65)}_${SECRET}`],
])("a text with %s is no token", (_name, text) => {
  expect(parseToken(text)).toBeNull();
});

test("a token ends at its time to the millisecond, and at once when it is revoked", () => {
  const token = { expiresAtMs: tokenExpiry(0, TOKEN_DAYS_MAX), revokedAtMs: null };
  expect(token.expiresAtMs).toBe(7_776_000_000);
  expect(tokenStatus(token, token.expiresAtMs - 1)).toBe("active");
  expect(tokenStatus(token, token.expiresAtMs)).toBe("expired");
  expect(tokenStatus({ ...token, revokedAtMs: 1 }, 0)).toBe("revoked");
});

test("its use is noted at first and then once a minute", () => {
  expect(isUseWorthNoting({ lastUsedAtMs: null }, 0)).toBe(true);
  expect(isUseWorthNoting({ lastUsedAtMs: 0 }, 59_999)).toBe(false);
  expect(isUseWorthNoting({ lastUsedAtMs: 0 }, 60_000)).toBe(true);
});

test("a token of nobody, or of a token, may do nothing", () => {
  expect(tokenAccess(null, LIMIT)).toEqual(NO_ACCESS);
  expect(tokenAccess(tokenAccess(FULL_ACCESS, LIMIT), LIMIT)).toEqual(NO_ACCESS);
});

test.each(["unlocks.approve", "unlocks.break_glass", "reviews.write", "people.manage", "tokens.make"] as const)(
  "no token may do %s, not even one of who may do everything",
  (permission) => {
    expect(mayAnywhere(FULL_ACCESS, permission)).toBe(true);
    expect(mayAnywhere(tokenAccess(FULL_ACCESS, LIMIT), permission)).toBe(false);
  },
);

test("only a role that somebody has can be given to a token", () => {
  const aPerson = (role: "viewer" | "unlocker" | "approver") =>
    ({ grants: [{ effect: "allow", role, scope: EVERYWHERE }], limit: null }) as const;
  const lent = (access: Parameters<typeof canLend>[0]) => TOKEN_ROLES.filter((role) => canLend(access, role));

  expect(lent(FULL_ACCESS)).toEqual(TOKEN_ROLES);
  expect(lent(aPerson("unlocker"))).toEqual(["viewer", "unlocker"]);
  expect(lent(aPerson("approver"))).toEqual(["viewer"]);
  expect(lent(aPerson("viewer"))).toEqual(["viewer"]);
  expect(lent(NO_ACCESS)).toEqual([]);
  const denial = { effect: "deny", role: "unlocker", scope: EVERYWHERE } as const;
  expect(lent({ ...FULL_ACCESS, grants: [...FULL_ACCESS.grants, denial] })).toEqual(["viewer", "auditor"]);
});
