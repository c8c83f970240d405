import clsx from "clsx";
import { type ReactNode, useId } from "react";

type Props = {
  readonly title: string;
  /** Its name in the address, for links to it. */
  readonly anchor?: string;
  readonly children: ReactNode;
  readonly className?: string;
};

/** A titled part of a page. */
export function Section({ title, anchor, children, className }: Props) {
  const id = useId();
  return (
    <section id={anchor} aria-labelledby={id} className={clsx("border-line border-t py-4", className)}>
      <h2 id={id} className="mb-2 font-semibold text-base">
        {title}
      </h2>
      {children}
    </section>
  );
}
