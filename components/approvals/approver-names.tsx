import { UntrustedText } from "#components/text/untrusted-text.tsx";

/** Who may approve, as the configuration names them. */
export function ApproverNames({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <>nobody: no role in the configuration lets anybody approve here</>;
  return (
    <>
      {names.map((name, index) => (
        <span key={name}>
          {index > 0 && (index === names.length - 1 ? " or " : ", ")}
          <UntrustedText text={name} className="font-medium" />
        </span>
      ))}
    </>
  );
}
