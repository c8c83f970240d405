import { CopyableCode } from "#components/text/copyable-code.tsx";

const COMMAND = "npm run audit:verify -- lockkeeper-audit.jsonl --key keys.txt --checkpoint checkpoint.txt";

const FILES = [
  { href: "/api/v1/audit", name: "lockkeeper-audit.jsonl", what: "The trail" },
  { href: "/api/v1/audit/key", name: "keys.txt", what: "The public keys" },
  { href: "/api/v1/audit/checkpoint", name: "checkpoint.txt", what: "The last checkpoint" },
] as const;

/** How anybody verifies the trail without this server. */
export function VerifyYourself() {
  return (
    <details className="text-sm">
      <summary className="w-max rounded py-1 text-muted hover:text-ink">How to verify it yourself</summary>
      <div className="flex max-w-3xl flex-col gap-2 pt-1 pb-2">
        <p>
          Download three files into a folder of this repository, then run the command there. The verifier,{" "}
          <code className="font-mono text-xs">scripts/audit-verify.mjs</code>, is one file, needs Node alone, and shares
          no code with this server.
        </p>
        <ul className="flex list-disc flex-col gap-0.5 pl-5 marker:text-muted">
          {FILES.map(({ href, name, what }) => (
            <li key={href}>
              {what}:{" "}
              <a href={href} download={name} className="text-accent underline">
                {name}
              </a>
            </li>
          ))}
        </ul>
        <CopyableCode code={COMMAND} label="Command that verifies the trail" copyLabel="Copy command" />
        <p className="text-muted">
          A checkpoint and the keys prove something when they were kept since earlier, where nobody who can change this
          database can change them. Exit code 0 is verified, 1 is bad, 2 is not checked.
        </p>
      </div>
    </details>
  );
}
