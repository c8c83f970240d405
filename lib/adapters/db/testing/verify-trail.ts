import { type TrailVerdict, verifyExport } from "#scripts/audit-verify.mjs";

/** Verifies exported lines as an auditor would: with the verifier that shares no code with what wrote them. */
export function verifyTrail(
  lines: readonly string[],
  vkeys: readonly string[],
  { isPartAllowed = false } = {},
): Promise<TrailVerdict> {
  const keys = [{ name: "keys", text: vkeys.join("\n") }];
  return verifyExport([Buffer.from(lines.join("\n"))], { keys, isPartAllowed });
}
