import type { Route } from "next";
import { type Access, mayAnywhere } from "#lib/domain/access/access.ts";
import type { Permission } from "#lib/domain/access/role.ts";

export type NavPage = {
  readonly href: Route;
  readonly label: string;
  /** Beginnings of the addresses that belong to it. */
  readonly owns: readonly string[];
};

const PAGES: readonly (NavPage & { readonly permission: Permission })[] = [
  { href: "/", label: "Locks", owns: ["/locks"], permission: "locks.view" },
  { href: "/unlocks", label: "Unlocks", owns: ["/unlocks"], permission: "unlocks.view" },
  { href: "/audit", label: "Audit", owns: ["/audit"], permission: "audit.read" },
  { href: "/sources", label: "Sources", owns: ["/sources"], permission: "locks.view" },
];

/** The pages that have something to show to somebody with this access; the first is always there. */
export function listNavPages(access: Access): readonly NavPage[] {
  return PAGES.filter(({ href, permission }) => href === "/" || mayAnywhere(access, permission)).map(
    ({ permission: _, ...page }) => page,
  );
}
