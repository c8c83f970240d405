import clsx from "clsx";
import { makeVisible } from "#lib/domain/display-text.ts";

type Option = { readonly value: string; readonly label: string };

type Props = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
  /** Called before it can be opened: what is on offer need not be there sooner. */
  readonly onOpening?: () => void;
  readonly onLeave?: () => void;
  readonly className?: string;
};

/** A native select, which every phone and keyboard knows. A value from the URL that is not on offer is kept and shown. */
export function FilterSelect({ label, value, options, onChange, onOpening, onLeave, className }: Props) {
  const isKnown = value === "" || options.some((option) => option.value === value);
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onPointerDown={onOpening}
      onFocus={onOpening}
      onBlur={onLeave}
      className={clsx(
        "min-h-8 max-w-44 truncate rounded-md border bg-raised px-2 text-sm",
        value === "" ? "border-line-strong/60 text-muted" : "border-accent text-ink",
        className,
      )}
    >
      <option value="">{label}</option>
      {!isKnown && <option value={value}>{makeVisible(value, { maxLength: 60 })}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
