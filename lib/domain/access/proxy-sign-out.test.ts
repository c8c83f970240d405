import { expect, test } from "vitest";
import { proxySignOutPath } from "./proxy-sign-out.ts";

test("IAP ends its session at any path of ours, and keeps what the path asked for", () => {
  expect(proxySignOutPath("iap", "/locks/bGs")).toBe("/locks/bGs?gcp-iap-mode=CLEAR_LOGIN_COOKIE");
  expect(proxySignOutPath("iap", "/?q=a%20b#x")).toBe("/?q=a+b&gcp-iap-mode=CLEAR_LOGIN_COOKIE");
});

test("Cloudflare has one address for it, and ALB has none", () => {
  expect(proxySignOutPath("cloudflare", "/locks/bGs")).toBe("/cdn-cgi/access/logout");
  expect(proxySignOutPath("alb", "/locks/bGs")).toBeNull();
});
