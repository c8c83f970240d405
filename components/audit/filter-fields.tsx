import clsx from "clsx";
import { parseTimeParam } from "./audit-params.ts";

type Props = { readonly label: string; readonly value: string; readonly onChange: (value: string) => void };

const FIELD = "min-h-8 rounded-md border bg-raised px-2 text-[16px] placeholder:text-muted md:text-sm";

function borderOf(value: string): string {
  return value === "" ? "border-line-strong/60" : "border-accent";
}

/** A word that must match exactly. */
export function FilterText({ label, value, onChange, isCode = false }: Props & { readonly isCode?: boolean }) {
  return (
    <input
      type="text"
      aria-label={label}
      placeholder={label}
      value={value}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
      className={clsx(FIELD, borderOf(value), isCode ? "w-60" : "w-40", isCode && value !== "" && "font-mono")}
    />
  );
}

/** A time in UTC, as every exact time on the page; in the URL it says so. */
export function FilterTime({ label, value, onChange }: Props) {
  const ms = parseTimeParam(value);
  return (
    <label className="inline-flex items-center gap-1.5 text-muted text-sm">
      {label} (UTC)
      <input
        type="datetime-local"
        value={ms === null ? "" : new Date(ms).toISOString().slice(0, 16)}
        onChange={(event) => onChange(toUtc(event.target.value))}
        className={clsx(FIELD, borderOf(value), "w-48 text-ink")}
      />
    </label>
  );
}

function toUtc(local: string): string {
  return local === "" ? "" : `${local.slice(0, 16)}:00Z`;
}
