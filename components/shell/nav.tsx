"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { NavPage } from "./nav-pages.ts";

/** The pages; the present one is marked for eyes and for screen readers. */
export function Nav({ pages }: { pages: readonly NavPage[] }) {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="flex min-w-0 self-stretch overflow-x-auto [scrollbar-width:none]">
      {pages.map(({ href, label, owns, waiting }) => {
        const isCurrent = path === href || owns.some((prefix) => path.startsWith(prefix));
        return (
          <Link
            key={href}
            ref={isCurrent ? showLink : undefined}
            href={href}
            prefetch={false}
            aria-current={isCurrent ? "page" : undefined}
            className={clsx(
              "inline-flex shrink-0 items-center border-b-2 px-2 text-sm md:px-3",
              isCurrent ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
            )}
          >
            {label}
            {waiting > 0 && (
              <span className="ml-1 rounded-full bg-look-soft px-1.5 text-look text-xs tabular-nums">
                {waiting}
                <span className="sr-only"> waiting for you</span>
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}

/** Where not all pages fit side by side, the present one is scrolled to; the document around stays where it is. */
function showLink(link: HTMLAnchorElement | null): void {
  const nav = link?.parentElement;
  if (nav) nav.scrollLeft = Math.max(0, link.offsetLeft - nav.offsetLeft + link.offsetWidth - nav.clientWidth);
}
