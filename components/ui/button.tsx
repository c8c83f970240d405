import clsx from "clsx";
import type { ComponentProps } from "react";

type Look = "plain" | "main" | "quiet" | "alert" | "danger";

const LOOKS: Readonly<Record<Look, string>> = {
  plain: "border border-line-strong/60 bg-raised text-ink hover:bg-hover",
  main: "bg-accent font-medium text-ground hover:bg-accent/90",
  quiet: "text-muted hover:bg-hover hover:text-ink",
  alert: "text-broken hover:bg-hover",
  danger: "bg-danger font-medium text-on-danger hover:bg-danger-hover",
};

/** Classes of a button, for links that look like one too. */
export function buttonClass(look: Look, className?: string): string {
  return clsx(
    "inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md px-3 text-sm select-none",
    "disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50",
    LOOKS[look],
    className,
  );
}

type Props = Omit<ComponentProps<"button">, "type"> & { readonly look?: Look; readonly type?: "button" | "submit" };

export function Button({ look = "plain", type = "button", className, ...rest }: Props) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}
