import { RawBytes } from "#components/text/raw-bytes.tsx";
import { RawText } from "#components/text/raw-text.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { LockHalfRaw } from "#lib/domain/lock-detail.ts";
import { nameHalf } from "./mechanism-name.ts";

/** Each stored half with its text as it is. */
export function HalfList({ halves }: { halves: readonly LockHalfRaw[] }) {
  return (
    <ul className="flex flex-col gap-5">
      {halves.map((half) => (
        <li key={`${half.sourceId} ${half.location}`} className="flex min-w-0 flex-col gap-1.5">
          <h3 className="flex flex-wrap items-baseline gap-x-3 text-sm">
            <span className="font-medium">{nameHalf(half.mechanism)}</span>
            <span className="min-w-0 break-all font-mono text-muted text-xs">
              <UntrustedText text={half.location} />
            </span>
          </h3>
          <HalfText half={half} />
          <p className="text-muted text-xs">
            {half.sizeBytes !== null && `${half.sizeBytes.toLocaleString("en-US")} bytes, `}
            first seen <RelativeTime iso={half.firstSeenAt} />
            {half.fingerprint !== null && (
              <>
                , SHA-256{" "}
                <span className="break-all font-mono" title={half.fingerprint}>
                  {half.fingerprint.slice(0, 16)}…
                </span>
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  info_missing: "The item has no Info. This is the item as DynamoDB keeps it.",
  info_not_string: "Its Info is no text. This is the item as DynamoDB keeps it.",
  has_digest: "The item has a digest as well. This is the item as DynamoDB keeps it.",
};

function HalfText({ half }: { half: LockHalfRaw }) {
  const problem = half.problem === null ? null : (PROBLEMS[half.problem] ?? half.problem);
  return (
    <>
      {problem !== null && (
        <p className="text-broken text-sm">
          <UntrustedText text={problem} />
        </p>
      )}
      {half.isRawHidden ? (
        <p className="text-muted text-sm">Your access does not include the raw text of this lock.</p>
      ) : half.rawText === null ? (
        <p className="text-muted text-sm">Its text could not be read, so only its place and size are known.</p>
      ) : (
        <RawText text={half.rawText} label={`Text of the ${nameHalf(half.mechanism)}`} />
      )}
      {half.isTruncated && <p className="text-look text-xs">Only the first 64 KiB were read.</p>}
      {half.rawBase64 !== null && <RawBytes base64={half.rawBase64} label="Exact bytes" />}
    </>
  );
}
