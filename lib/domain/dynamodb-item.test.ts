import { expect, test } from "vitest";
import { classifyItem, type ItemClass } from "./dynamodb-item.ts";

const NOTHING = { hasInfo: false, infoIsString: false, hasDigest: false };
const INFO = { ...NOTHING, hasInfo: true, infoIsString: true };
const DIGEST = { ...NOTHING, hasDigest: true };

test.each<[string, string, object, ItemClass]>([
  ["an item with Info", "acme/net.tfstate", INFO, "lock"],
  ["a state key that ends in -md5", "acme/net-md5", INFO, "lock"],
  ["an item with Digest alone", "acme/net.tfstate-md5", DIGEST, "digest"],
  ["a digest without the suffix", "acme/net.tfstate", DIGEST, "digest"],
  ["an item with Info and Digest", "acme/net.tfstate", { ...INFO, hasDigest: true }, "malformed_lock"],
  ["Info that is not a string", "acme/net.tfstate", { ...INFO, infoIsString: false }, "malformed_lock"],
  ["such Info with the suffix", "acme/net-md5", { ...INFO, infoIsString: false }, "malformed_lock"],
  ["neither attribute, no suffix", "acme/net.tfstate", NOTHING, "malformed_lock"],
  ["neither attribute, the suffix", "acme/net.tfstate-md5", NOTHING, "empty_digest"],
  ["no slash", "something", INFO, "foreign"],
  ["no slash and no attribute", "something-md5", NOTHING, "foreign"],
  ["no key", "acme/", INFO, "foreign"],
  ["a key that is a folder", "acme/net/", INFO, "foreign"],
  ["no bucket", "/net.tfstate", INFO, "foreign"],
])("%s", (_, lockIdValue, shape, expected) => {
  expect(classifyItem({ lockIdValue, ...NOTHING, ...shape })).toBe(expected);
});
