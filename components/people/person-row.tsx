"use client";

import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { ProblemNotice } from "#components/sign-in/problem-notice.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { describeRoles, type PersonChange, type PersonView } from "#lib/domain/access/person-view.ts";
import { changePerson } from "./change-person.ts";
import { PasswordLink } from "./password-link.tsx";
import { PersonActions } from "./person-actions.tsx";
import { SessionList } from "./session-list.tsx";

type Props = { readonly person: PersonView; readonly onChanged: () => void };

const KINDS = { password: "password", oidc: "identity provider", proxy: "proxy" } as const;

/** Somebody: who, what they may do, when they were last here, and what can be changed about that. */
export function PersonRow({ person, onChanged }: Props) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const { name, email, subject, kind, sessions, lastSignInAtMs } = person;
  const change = async (what: PersonChange) => {
    const sent = await changePerson(person.key, what);
    setProblem(sent.ok ? null : sent.problem);
    setSecret(sent.ok ? (sent.body.secret ?? null) : null);
    if (sent.ok) onChanged();
  };
  return (
    <li aria-label={name} className="flex flex-col gap-2 border-line border-b px-2 py-2.5 text-sm">
      <div className="grid gap-x-4 gap-y-1 md:grid-cols-[minmax(0,1.3fr)_minmax(0,1.5fr)_minmax(0,1fr)]">
        <div className="min-w-0">
          <p className="break-words font-medium">
            <UntrustedText text={name} />
            {person.isSelf && <span className="font-normal text-muted"> (you)</span>}
          </p>
          {email !== name && (
            <p className="break-all text-muted">
              <UntrustedText text={email ?? subject} />
            </p>
          )}
          <p className="text-muted text-xs">by {KINDS[kind]}</p>
        </div>
        <Roles person={person} />
        <div className="min-w-0 text-muted">
          {lastSignInAtMs === null ? (
            "never signed in"
          ) : (
            <>
              signed in <RelativeTime iso={new Date(lastSignInAtMs).toISOString()} />
            </>
          )}
          {sessions.length > 0 && (
            <details>
              <summary className="w-max rounded hover:text-ink">
                {sessions.length === 1 ? "1 session" : `${sessions.length} sessions`}
              </summary>
              <SessionList sessions={sessions} />
            </details>
          )}
        </div>
      </div>
      <PersonActions person={person} onChange={(what) => void change(what)} />
      <ProblemNotice problem={problem} />
      {secret !== null && <PasswordLink secret={secret} email={email ?? name} />}
    </li>
  );
}

function Roles({ person: { disabledAtMs, grants, groups, hasPassword, kind } }: { person: PersonView }) {
  const roles = describeRoles(grants);
  if (disabledAtMs !== null) return <p className="font-medium text-broken">disabled</p>;
  return (
    <div className="min-w-0">
      <p className="break-words">{roles.length === 0 ? "no role: may do nothing" : roles.join(" · ")}</p>
      {kind === "password" && !hasPassword && <p className="text-look text-xs">has not set a password yet</p>}
      {groups.length > 0 && (
        <p className="break-words text-muted text-xs">
          groups: <UntrustedText text={groups.join(", ")} />
        </p>
      )}
    </div>
  );
}
