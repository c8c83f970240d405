import clsx from "clsx";
import { type ReactNode, useId } from "react";

/** A titled part of a page. */
export function Section({ title, children, className }: { title: string; children: ReactNode; className?: string }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={clsx("border-line border-t py-4", className)}>
      <h2 id={id} className="mb-2 font-semibold text-base">
        {title}
      </h2>
      {children}
    </section>
  );
}
