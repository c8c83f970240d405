import type { AuditLine, ChainVerdict } from "#lib/services/ports/trail.ts";
import { verifyLines } from "./audit-line.ts";

const LINES_AT_ONCE = 500;

/** Checks link, hash and signature of every event after `afterSeq`; the keys are asked for after the lines that they signed. */
export async function verifyEventsAfter(
  afterSeq: number,
  readers: {
    readLines: (input: { afterSeq: number; limit: number }) => Promise<readonly AuditLine[]>;
    readKeys: () => Promise<readonly string[]>;
  },
): Promise<ChainVerdict["problem"]> {
  // The event before is read too: without it the link of the first one could not be checked.
  let fromSeq = Math.max(0, afterSeq - 1);
  for (;;) {
    const lines = await readers.readLines({ afterSeq: fromSeq, limit: LINES_AT_ONCE });
    const verdict = verifyLines(
      lines.map(({ line }) => line),
      await readers.readKeys(),
      fromSeq,
    );
    if (verdict.verdict === "broken") return { seq: verdict.seq, message: toPhrase(verdict.problem) };
    const lastSeq = lines.at(-1)?.seq ?? 0;
    if (lastSeq <= fromSeq + 1) return null;
    fromSeq = lastSeq - 1;
  }
}

/** As the database words it: `its signature is not valid`. */
function toPhrase(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}
