import type { Route } from "next";
import { type Access, mayAnywhere, mayEverywhere } from "#lib/domain/access/access.ts";
import type { Permission } from "#lib/domain/access/role.ts";

export type NavPage = {
  readonly href: Route;
  readonly label: string;
  /** Beginnings of the addresses that belong to it. */
  readonly owns: readonly string[];
  /** How much on it waits for whoever looks. */
  readonly waiting: number;
};

type KnownPage = Omit<NavPage, "waiting"> & { readonly permission: Permission };

const PAGES: readonly KnownPage[] = [
  { href: "/", label: "Locks", owns: ["/locks"], permission: "locks.view" },
  { href: "/unlocks", label: "Unlocks", owns: ["/unlocks"], permission: "unlocks.view" },
  { href: "/approvals", label: "Approvals", owns: ["/approvals"], permission: "unlocks.view" },
  { href: "/audit", label: "Audit", owns: ["/audit"], permission: "audit.read" },
  { href: "/sources", label: "Sources", owns: ["/sources"], permission: "locks.view" },
  { href: "/people", label: "People", owns: ["/people"], permission: "people.manage" },
];

/**
 * The pages that have something to show to somebody with this access; the first is always there. `waitingApprovals` is null
 * where nothing is ever approved, and where nobody signs in there are no people.
 */
export function listNavPages(
  access: Access,
  { waitingApprovals, isLocal }: { readonly waitingApprovals: number | null; readonly isLocal: boolean },
): readonly NavPage[] {
  const isShown = ({ href, permission }: KnownPage) => {
    if (href === "/approvals" && waitingApprovals === null) return false;
    if (href === "/people") return !isLocal && mayEverywhere(access, permission);
    return href === "/" || mayAnywhere(access, permission);
  };
  return PAGES.filter(isShown).map(({ href, label, owns }) => ({
    href,
    label,
    owns,
    waiting: href === "/approvals" ? (waitingApprovals ?? 0) : 0,
  }));
}
