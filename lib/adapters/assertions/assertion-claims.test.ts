import { expect, test } from "vitest";
import { KINDS, NOW_MS, NOW_S, openProxyLab } from "./testing/proxy-lab.ts";
import { signToken } from "./testing/signer.ts";
import { refused, validWith } from "./testing/verdicts.ts";

test.each(KINDS)("refuses signed claims of %s that are not about a person", async (kind) => {
  const lab = await openProxyLab(kind);

  expect(await lab.read(await lab.sign({ claims: { sub: undefined } }))).toEqual(refused(/names no person/));
  expect(await lab.read(await lab.sign({ claims: { sub: "" } }))).toEqual(refused(/names no person/));
  expect(await lab.read(await lab.sign({ claims: { sub: 7 } }))).toEqual(refused(/names no person/));
  const list = await signToken({ header: lab.parts().header, claims: ["alice"] }, lab.signer.privateKey);
  expect(await lab.read(list)).toEqual(refused(/not a token that can be verified/));
});

test.each(KINDS)("takes of %s's claims only what can be trusted", async (kind) => {
  const lab = await openProxyLab(kind);

  expect(await lab.read(await lab.sign({ claims: { email_verified: false } }))).toEqual(validWith({ email: null }));
  expect(await lab.read(await lab.sign({ claims: { email: "alice＠example.com" } }))).toEqual(
    validWith({ email: null }),
  );
  expect(await lab.read(await lab.sign({ claims: { email: "a@b@example.com" } }))).toEqual(validWith({ email: null }));
  expect(await lab.read(await lab.sign({ claims: { groups: "platform" } }))).toEqual(
    validWith({ groups: ["platform"] }),
  );
  expect(await lab.read(await lab.sign({ claims: { groups: undefined } }))).toEqual(validWith({ groups: [] }));
});

test.each(KINDS)(
  "refuses groups of %s that are too many or elsewhere, and does not read them as none",
  async (kind) => {
    const lab = await openProxyLab(kind);
    // Short names, so that 5,000 of them would be refused for their length, and 1,100 for their number.
    const groups = (count: number) => Array.from({ length: count }, (_, index) => index.toString(36));

    expect(await lab.read(await lab.sign({ claims: { groups: groups(1100) } }))).toEqual(
      refused(/more than 1000 groups/),
    );
    expect(await lab.read(await lab.sign({ claims: { groups: groups(5000) } }))).toEqual(refused(/longer than 16 KiB/));
    const pointer = { groups: undefined, _claim_names: { groups: "src1" } };
    expect(await lab.read(await lab.sign({ claims: pointer }))).toEqual(refused(/pointer to the groups/));
  },
);

test("finds groups that Cloudflare was told to add", async () => {
  const lab = await openProxyLab("cloudflare");
  const read = async (claims: Record<string, unknown>) => lab.read(await lab.sign({ claims }));

  expect(await read({ groups: undefined, custom: { groups: ["sre"] } })).toEqual(validWith({ groups: ["sre"] }));
  expect(await read({ groups: ["platform"], custom: { groups: ["sre"] } })).toEqual(
    validWith({ groups: ["platform"] }),
  );
  expect(await read({ groups: undefined, custom: { _claim_names: { groups: "s" } } })).toEqual(refused(/pointer/));
  expect(await read({ groups: undefined, custom: ["groups"] })).toEqual(validWith({ groups: [] }));
});

test("refuses a service token of Cloudflare, which is no person", async () => {
  const lab = await openProxyLab("cloudflare");

  const claims = { sub: "", email: undefined, common_name: "e367826f93b8d711.access" };
  expect(await lab.read(await lab.sign({ claims }))).toEqual(refused(/names no person/));
});

test.each([
  ["that was", NOW_S - 600, NOW_MS - 600_000],
  ["that is a little ahead of our clock", NOW_S + 30, NOW_MS],
  ["to come", NOW_S + 61, null],
  ["that is negative", -1, null],
])("knows when a person signed in from a time %s", async (_, time, signedInAtMs) => {
  const alb = await openProxyLab("alb");
  const cloudflare = await openProxyLab("cloudflare");

  expect(await alb.read(await alb.sign({ claims: { auth_time: time } }))).toEqual(validWith({ signedInAtMs }));
  expect(await cloudflare.read(await cloudflare.sign({ claims: { auth_time: time } }))).toEqual(
    validWith({ signedInAtMs }),
  );
  expect(await cloudflare.read(await cloudflare.sign({ claims: { custom: { auth_time: time } } }))).toEqual(
    validWith({ signedInAtMs }),
  );
});
