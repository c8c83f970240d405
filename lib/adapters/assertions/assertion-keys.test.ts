import { expect, test } from "vitest";
import { answersNonsense, hangsUp, isBroken } from "./testing/key-server.ts";
import { expiresAt, KINDS, NOW_S, openProxyLab } from "./testing/proxy-lab.ts";
import { makeSigner } from "./testing/signer.ts";
import { refused, unavailable } from "./testing/verdicts.ts";

test.each(KINDS)("refuses a key that %s's key server does not have, and a token that names none", async (kind) => {
  const lab = await openProxyLab(kind);

  expect(await lab.read(await lab.sign({}, await makeSigner(lab.algorithm)))).toEqual(
    refused(/key server does not have/),
  );
  for (const kid of [undefined, "", 7]) {
    expect(await lab.read(await lab.sign({ header: { kid } }))).toEqual(refused(/names no key/));
  }
});

test.each(KINDS)("tells of %s that its keys are not to be had, which is not a refusal", async (kind) => {
  const lab = await openProxyLab(kind);
  const token = await lab.sign();

  lab.hang();
  expect(await lab.read(token)).toEqual(unavailable(/did not answer in time/));
  lab.recover();
  lab.clock.nowMs += 10_000;
  lab.server.behaviour = hangsUp;
  expect(await lab.read(token)).toEqual(unavailable(/could not be reached/));
  lab.clock.nowMs += 10_000;
  lab.server.behaviour = isBroken;
  expect(await lab.read(token)).toEqual(unavailable(/answered 503/));
  lab.clock.nowMs += 10_000;
  lab.server.behaviour = answersNonsense;
  expect(await lab.read(token)).toEqual(unavailable(/key server's answer is not/));
  lab.clock.nowMs += 10_000;
  lab.recover();
  expect(await lab.read(token)).toMatchObject({ verdict: "valid" });
});

test.each(KINDS)("goes on with the keys that it has while the key server of %s is down", async (kind) => {
  const lab = await openProxyLab(kind);
  expect(await lab.read(await lab.sign())).toMatchObject({ verdict: "valid" });

  lab.hang();
  lab.clock.nowMs += 24 * 3_600_000;
  const tomorrow = expiresAt(NOW_S + 24 * 3_600 + 60);

  expect(await lab.read(await lab.sign(tomorrow))).toMatchObject({ verdict: "valid" });
  expect(await lab.read(await lab.sign(tomorrow, await makeSigner(lab.algorithm)))).toEqual(unavailable(/in time/));
});

test.each(KINDS)("takes the new key when %s changes it", async (kind) => {
  const lab = await openProxyLab(kind);
  expect(await lab.read(await lab.sign())).toMatchObject({ verdict: "valid" });

  const next = await makeSigner(lab.algorithm);
  lab.publish([lab.signer, next]);
  lab.clock.nowMs += 31_000;

  expect(await lab.read(await lab.sign({}, next))).toMatchObject({ verdict: "valid" });
  expect(await lab.read(await lab.sign())).toMatchObject({ verdict: "valid" });
});
