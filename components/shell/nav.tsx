"use client";

import clsx from "clsx";
import type { Route } from "next";
import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES: readonly { href: Route; label: string; owns: readonly string[] }[] = [
  { href: "/", label: "Locks", owns: ["/locks"] },
  { href: "/unlocks", label: "Unlocks", owns: ["/unlocks"] },
  { href: "/audit", label: "Audit", owns: ["/audit"] },
  { href: "/sources", label: "Sources", owns: ["/sources"] },
];

/** The four pages; the present one is marked for eyes and for screen readers. */
export function Nav() {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="flex self-stretch">
      {PAGES.map(({ href, label, owns }) => {
        const isCurrent = path === href || owns.some((prefix) => path.startsWith(prefix));
        return (
          <Link
            key={href}
            href={href}
            prefetch={false}
            aria-current={isCurrent ? "page" : undefined}
            className={clsx(
              "inline-flex items-center border-b-2 px-2 text-sm md:px-3",
              isCurrent ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
            )}
          >
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
