import type { z } from "zod";
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
    ...findTwins(names, "is the name of another webhook", "Give each webhook its own name"),
  ];
}

function checkRegion(bucket: { region: string; endpoint?: string | undefined } | undefined): RuleProblem[] {
  if (bucket === undefined || bucket.endpoint !== undefined || AWS_REGION.test(bucket.region)) return [];
  const hint = "Write a region such as eu-west-1; other names need a custom endpoint.";
  return [{ path: ["audit", "checkpoints", "bucket", "region"], message: "is not an AWS region", hint }];
}
