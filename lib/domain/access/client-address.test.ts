import { expect, test } from "vitest";
import { findClientAddress, networkOf } from "./client-address.ts";

test.each([
  ["without proxies whatever a client claims is ignored", "198.51.100.7, 10.0.0.1", 0, "203.0.113.9"],
  ["behind one proxy its last entry counts", "198.51.100.7, 10.0.0.1", 1, "10.0.0.1"],
  ["behind two the one before", "6.6.6.6, 198.51.100.7, 10.0.0.1", 2, "198.51.100.7"],
  ["with fewer entries than proxies the peer counts", "10.0.0.1", 2, "203.0.113.9"],
  ["without the header the peer counts", null, 1, "203.0.113.9"],
  ["an empty entry is none", "198.51.100.7, ", 1, "203.0.113.9"],
])("%s", (_name, forwardedFor, proxies, address) => {
  expect(findClientAddress("203.0.113.9", forwardedFor, proxies)).toBe(address);
});

test.each([
  ["192.0.2.7", "192.0.2.0/24"],
  ["::ffff:192.0.2.7", "192.0.2.0/24"],
  ["::ffff:c000:207", "192.0.2.0/24"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::1", "2001:db8:1:2::/64"],
  ["[2001:0db8:0001:0002::ffff]", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["unknown", "unknown"],
  ["<script>", "unknown"],
])("the network of %s is %s, however it is written", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
