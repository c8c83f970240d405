import fc from "fast-check";
import { expect, test } from "vitest";
import { mayConnect } from "./address-rule.ts";

const PUBLIC_ONLY = { isLoopbackNamed: false, allowPrivate: false };
const INTRANET = { isLoopbackNamed: false, allowPrivate: true };
const THIS_MACHINE = { isLoopbackNamed: true, allowPrivate: false };

test.each(["1.1.1.1", "52.94.236.248", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a05:d018::1"])(
  "%s is on the public internet",
  (address) => {
    expect(mayConnect(address, PUBLIC_ONLY)).toBe(true);
    expect(mayConnect(address, INTRANET)).toBe(true);
    expect(mayConnect(address, THIS_MACHINE)).toBe(false);
  },
);

test.each(["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fdff:ffff::1"])(
  "%s takes the word that the intranet is meant",
  (address) => {
    expect(mayConnect(address, PUBLIC_ONLY)).toBe(false);
    expect(mayConnect(address, INTRANET)).toBe(true);
  },
);

test.each([
  ...["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200"],
  ...["0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"],
  ...["::", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1", "2001:0:1::1", "2002:7f00:1::", "64:ff9b::7f00:1"],
  ...[
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::FFFF:10.0.0.1",
    "0:0:0:0:0:ffff:7f00:1",
    "::ffff:1.1.1.1",
    "::127.0.0.1",
  ],
  ...["", "localhost", "1.1.1", "0x7f.1", "127.1"],
])("%s is never connected to, not even in an intranet", (address) => {
  expect(mayConnect(address, PUBLIC_ONLY)).toBe(false);
  expect(mayConnect(address, INTRANET)).toBe(false);
});

test.each(["127.0.0.1", "127.255.255.254", "::1"])(
  "%s is connected to only where the URL names this machine",
  (address) => {
    expect(mayConnect(address, THIS_MACHINE)).toBe(true);
    expect(mayConnect(address, PUBLIC_ONLY)).toBe(false);
    expect(mayConnect(address, INTRANET)).toBe(false);
  },
);

test("no IPv4 address that is refused is let in as an IPv6 one", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      for (const written of [
        `::ffff:${address}`,
        `0:0:0:0:0:ffff:${hex}`,
        `::${address}`,
        `64:ff9b::${hex}`,
        `2002:${hex}::`,
      ])
        expect(mayConnect(written, INTRANET)).toBe(false);
    }),
    { examples: [["10.0.0.0"], ["169.254.169.254"], ["127.0.0.1"], ["192.168.255.255"]] },
  );
});
