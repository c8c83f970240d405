import { expect, test } from "vitest";
import { findAlbKeysUrl } from "./alb-key-url.ts";

const arn = (partition: string, region: string) =>
  `arn:${partition}:elasticloadbalancing:${region}:111122223333:loadbalancer/app/tools/50dc6c495c0c9188`;

test.each([
  [arn("aws", "eu-west-1"), "https://public-keys.auth.elb.eu-west-1.amazonaws.com"],
  [arn("aws", "ap-southeast-2"), "https://public-keys.auth.elb.ap-southeast-2.amazonaws.com"],
  [arn("aws-us-gov", "us-gov-west-1"), "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1"],
  [arn("aws-us-gov", "us-gov-east-1"), "https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1"],
])("knows where the keys of %s are", (signer, url) => {
  expect(findAlbKeysUrl(signer)).toBe(url);
});

test("does not guess where the keys of a partition are that AWS does not say", () => {
  expect(() => findAlbKeysUrl(arn("aws-cn", "cn-north-1"))).toThrow("the load balancers of aws-cn");
});

test.each([
  "",
  "tools",
  arn("aws", "eu-west-1").replace("/app/", "/net/"),
  arn("aws", "evil.example/eu-west-1"),
  arn("aws", "eu-west-1.evil.example"),
  `${arn("aws", "eu-west-1")}\n`,
  ` ${arn("aws", "eu-west-1")}`,
  arn("aws", "eu-west-1").replace("elasticloadbalancing", "s3"),
])("says that %j is not the ARN of an Application Load Balancer", (signer) => {
  expect(() => findAlbKeysUrl(signer)).toThrow("not the ARN of an Application Load Balancer");
});
