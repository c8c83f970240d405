import { UntrustedText } from "#components/text/untrusted-text.tsx";

export function WorkspaceChip({ workspace }: { workspace: string }) {
  return (
    <span
      title={`workspace ${workspace}`}
      className="ml-2 inline-block max-w-16 shrink-0 md:max-w-28 truncate rounded bg-accent-soft px-1.5 align-bottom font-mono font-normal text-ink text-xs leading-5"
    >
      <UntrustedText text={workspace} />
    </span>
  );
}
