import { type ComponentProps, useId } from "react";

type Props = Omit<ComponentProps<"input">, "id" | "className"> & {
  readonly label: string;
  readonly hint?: string;
};

/** A field of one line under its name. On a phone its text is large enough that the page does not zoom. */
export function TextField({ label, hint, ...rest }: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="w-max font-medium text-sm">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="min-h-9 rounded-md border border-line-strong bg-ground px-2.5 text-[16px] md:text-sm"
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}
