import { WorkspaceChip } from "#components/locks/workspace-chip.tsx";
import { TextWarnings, UntrustedText } from "#components/text/untrusted-text.tsx";

type Props = { readonly bucket: string; readonly stateKey: string; readonly workspace: string | null };

/** The whole state path, never cut: this is what is about to be judged. */
export function PathHeading({ bucket, stateKey, workspace }: Props) {
  return (
    <h1 className="min-w-0 break-all font-mono text-base">
      <UntrustedText text={bucket} className="text-muted" />
      <span className="text-muted">/</span>
      <UntrustedText text={stateKey} className="font-semibold" />
      {workspace !== null && <WorkspaceChip workspace={workspace} />}
      <TextWarnings text={`${bucket}/${stateKey}`} />
    </h1>
  );
}
