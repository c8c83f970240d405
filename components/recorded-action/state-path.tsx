import { TextWarnings, UntrustedText } from "#components/text/untrusted-text.tsx";

type Props = { readonly bucket: string; readonly stateKey: string };

/** Which state this is about, from the question to the outcome. */
export function StatePath({ bucket, stateKey }: Props) {
  return (
    <p className="break-all font-mono text-sm">
      <UntrustedText text={bucket} className="text-muted" />
      <span className="text-muted">/</span>
      <UntrustedText text={stateKey} className="font-semibold" />
      <TextWarnings text={`${bucket}/${stateKey}`} />
    </p>
  );
}
