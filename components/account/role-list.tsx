import { Ban, Check } from "lucide-react";
import type { Grant } from "#lib/domain/access/access.ts";
import { describeGrant } from "./role-words.ts";
import { ScopeWords } from "./scope-words.tsx";

/** Every rule that applies to somebody, as a sentence; denials, which win, stand last. */
export function RoleList({ grants }: { grants: readonly Grant[] }) {
  if (grants.length === 0) {
    return (
      <p className="text-sm">
        You have no role, so you may do nothing here. Who administers Lockkeeper gives roles in its configuration.
      </p>
    );
  }
  const ordered = [...allOf(grants, "allow"), ...allOf(grants, "deny")];
  return (
    <ul aria-label="Roles" className="flex flex-col gap-1.5 text-sm">
      {ordered.map((grant) => (
        <li key={JSON.stringify(grant)} className="flex gap-2">
          <GrantIcon effect={grant.effect} />
          <span className="min-w-0">
            <span className="font-medium">{grant.effect === "allow" ? grant.role : `not ${grant.role}`}</span>
            <span className="text-muted"> · </span>
            {describeGrant(grant)}, <ScopeWords scope={grant.scope} />.
          </span>
        </li>
      ))}
    </ul>
  );
}

function GrantIcon({ effect }: Pick<Grant, "effect">) {
  const Icon = effect === "allow" ? Check : Ban;
  return <Icon size={14} aria-hidden="true" className="mt-[3px] shrink-0 text-muted" />;
}

function allOf(grants: readonly Grant[], effect: Grant["effect"]): readonly Grant[] {
  const texts = new Set(grants.filter((grant) => grant.effect === effect).map((grant) => JSON.stringify(grant)));
  return grants.filter((grant) => texts.delete(JSON.stringify(grant)));
}
