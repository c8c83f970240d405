import type { z } from "zod";
import { mayConnect, readTarget } from "#lib/adapters/webhooks/address-rule.ts";
import { AWS_REGION, findTwins, type RuleProblem } from "./account-rules.ts";
import type { AuditSchema } from "./audit-schema.ts";

export type AuditInput = z.infer<typeof AuditSchema>;

/** Checks what one field of `audit` alone cannot show. */
export function checkAudit(audit: AuditInput | undefined): readonly RuleProblem[] {
  const names = (audit?.webhooks ?? []).map(({ name }, index) => ({
    identity: name,
    path: ["audit", "webhooks", index, "name"],
  }));
  return [
    ...checkRegion(audit?.checkpoints?.bucket),
    // The trail's place at a receiver is kept under its name.
    ...(audit?.webhooks ?? []).flatMap(checkReceiver),
    ...findTwins(names, "is the name of another webhook", "Give each webhook its own name"),
  ];
}

/** What a name resolves to is seen only when it is sent to. */
function checkReceiver(webhook: { url: string; allowPrivate?: boolean | undefined }, index: number): RuleProblem[] {
  const { rule, literal } = readTarget(webhook.url, webhook.allowPrivate ?? false);
  if (literal === null || mayConnect(literal, rule)) return [];
  const hint = "Write allowPrivate: true beside it if it is in your network; link-local addresses are always refused.";
  return [{ path: ["audit", "webhooks", index, "url"], message: "is not an address of the public internet", hint }];
}

function checkRegion(bucket: { region: string; endpoint?: string | undefined } | undefined): RuleProblem[] {
  if (bucket === undefined || bucket.endpoint !== undefined || AWS_REGION.test(bucket.region)) return [];
  const hint = "Write a region such as eu-west-1; other names need a custom endpoint.";
  return [{ path: ["audit", "checkpoints", "bucket", "region"], message: "is not an AWS region", hint }];
}
