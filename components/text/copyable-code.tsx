import { CopyButton } from "#components/ui/copy-button.tsx";

type Props = { readonly code: string; readonly label: string; readonly copyLabel: string };

/** Text of ours to copy: a command, a policy. Lock text in it must have been made safe before. */
export function CopyableCode({ code, label, copyLabel }: Props) {
  return (
    <figure aria-label={label} className="flex flex-col items-start gap-1">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="max-h-80 w-full overflow-auto rounded-md bg-hover px-3 py-2 font-mono text-xs leading-5"
      >
        {code}
      </pre>
      <CopyButton text={code} label={copyLabel} className="-ml-2" />
    </figure>
  );
}
