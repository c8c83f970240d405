import { AppError } from "#lib/services/errors.ts";

const LOAD_BALANCER_ARN =
  /^arn:(?<partition>aws(?:-[a-z]+)*):elasticloadbalancing:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):\d{12}:loadbalancer\/app\/[A-Za-z0-9-]+\/[0-9a-f]+$/;

/** Where AWS says it keeps the public keys of a load balancer's region; AppError `invalid` where it does not say. */
export function findAlbKeysUrl(loadBalancerArn: string): string {
  const { partition, region } = LOAD_BALANCER_ARN.exec(loadBalancerArn)?.groups ?? {};
  if (partition === undefined || region === undefined) {
    throw new AppError("The signer is not the ARN of an Application Load Balancer.", {
      code: "invalid",
      hint: "Write arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the EC2 console shows it.",
    });
  }
  if (partition === "aws") return `https://public-keys.auth.elb.${region}.amazonaws.com`;
  if (partition === "aws-us-gov") return `https://s3-${region}.amazonaws.com/aws-elb-public-keys-prod-${region}`;
  throw new AppError(`Where the load balancers of ${partition} keep their public keys is not known.`, {
    code: "invalid",
    hint: "Write keysUrl: the address that AWS documents for this partition, without the key id.",
  });
}
