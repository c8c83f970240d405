import { createHash } from "node:crypto";
import type { HalfBody } from "#lib/domain/half.ts";

/** SHA-256 of a body's bytes in lower-case hex; null for a body that could not be read. */
export function fingerprintOf(body: HalfBody): string | null {
  return body.kind === "denied" ? null : createHash("sha256").update(body.bytes).digest("hex");
}
