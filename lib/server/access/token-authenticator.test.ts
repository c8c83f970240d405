import { expect, test } from "vitest";
import { FULL_ACCESS, NO_ACCESS } from "#lib/domain/access/access.ts";
import type { Principal } from "./principal.ts";
import { withTokens } from "./token-authenticator.ts";

const SAM = { kind: "person", name: "sam", issuer: "lockkeeper", subject: "1" } as const;
const BY_SESSION: Principal = {
  actor: { ...SAM, authenticatedBy: "password" },
  signIn: { kind: "session", sessionId: "s", signedInAtMs: 0 },
  access: FULL_ACCESS,
};
const BY_TOKEN: Principal = {
  actor: { ...SAM, authenticatedBy: "token", tokenId: "t" },
  signIn: { kind: "token", tokenId: "t" },
  access: NO_ACCESS,
};
const COOKIE = "a=b; lockkeeper_session_token=x.y";

const authenticate = withTokens(
  async () => BY_SESSION,
  async (bearer) => (bearer === "good" ? BY_TOKEN : null),
);

test("without an authorization the session speaks, with a token the token alone", async () => {
  expect(await authenticate(new Headers({ cookie: COOKIE }))).toBe(BY_SESSION);
  expect(await authenticate(new Headers({ authorization: "Bearer good" }))).toBe(BY_TOKEN);
  expect(await authenticate(new Headers({ authorization: "bearer bad" }))).toBeNull();
});

test.each(["Basic c2FtOnB3", "Bearer", "Bearer a b", "Digest x", ""])(
  "an authorization that is no token makes a session nobody's: %j",
  async (authorization) => {
    expect(await authenticate(new Headers({ authorization, cookie: COOKIE }))).toBeNull();
  },
);

test.each(["lockkeeper_session_token=x", "__Host-lockkeeper_session_token=x", "__Secure-lockkeeper_session_token=x"])(
  "a token beside a session is refused: %s",
  async (cookie) => {
    const headers = new Headers({ authorization: "Bearer good", cookie });

    await expect(authenticate(headers)).rejects.toMatchObject({ code: "refused" });
  },
);
