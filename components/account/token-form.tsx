"use client";

import Link from "next/link";
import { type FormEvent, useId, useRef, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import type { TokenRole } from "#lib/domain/access/token.ts";
import { findProblem, TOKEN_LIFETIMES, type TokenDraft } from "./token-draft.ts";
import { TokenRoleField } from "./token-role-field.tsx";
import { TokenScopeFields } from "./token-scope-fields.tsx";

type Props = {
  readonly draft: TokenDraft;
  readonly onDraft: (draft: TokenDraft) => void;
  readonly roles: readonly TokenRole[];
  readonly problem: ApiProblem | null;
  readonly isSending: boolean;
  readonly onSend: () => void;
  readonly onCancel: () => void;
};

/** What a token is for, what it may do and where, and until when. */
export function TokenForm({ draft, onDraft, roles, problem, isSending, onSend, onCancel }: Props) {
  const [wasTried, setWasTried] = useState(false);
  const formRef = useRef<HTMLFormElement>(null);
  const missing = findProblem(draft);
  const shown = wasTried ? missing : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (isSending) return;
    if (missing === null) onSend();
    else formRef.current?.querySelector<HTMLElement>(`[name="${missing.field}"]`)?.focus();
  };
  return (
    <form ref={formRef} onSubmit={submit} className="flex flex-col gap-4 pt-2" noValidate>
      <NameField draft={draft} onDraft={onDraft} problem={shown?.field === "name" ? shown.text : null} />
      <TokenRoleField
        roles={roles}
        chosen={draft.roles}
        onChosen={(chosen) => onDraft({ ...draft, roles: chosen })}
        problem={shown?.field === "roles" ? shown.text : null}
      />
      <TokenScopeFields draft={draft} onDraft={onDraft} />
      <LifetimeField draft={draft} onDraft={onDraft} />
      {problem !== null && (
        <div>
          <DeclinedNotice problem={problem}>The token was not made.</DeclinedNotice>
          {problem.code === "sign_in_again" && (
            <Link href="/sign-in" className="mt-2 inline-block text-accent text-sm underline">
              Sign in again
            </Link>
          )}
        </div>
      )}
      <div className="flex flex-wrap-reverse justify-end gap-2">
        <Button look="quiet" onClick={onCancel} disabled={isSending}>
          Cancel
        </Button>
        <Button look="main" type="submit" aria-disabled={isSending}>
          {isSending ? "Making it" : "Make the token"}
        </Button>
      </div>
    </form>
  );
}

type FieldProps = Pick<Props, "draft" | "onDraft">;

function NameField({ draft, onDraft, problem }: FieldProps & { problem: string | null }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="w-max font-medium text-sm">
        Name
      </label>
      <input
        id={id}
        name="name"
        data-autofocus
        autoComplete="off"
        value={draft.name}
        onChange={(event) => onDraft({ ...draft, name: event.target.value })}
        aria-describedby={`${id}-hint`}
        aria-invalid={problem !== null}
        className="min-h-8 rounded-md border border-line-strong bg-ground px-2.5 text-[16px] md:text-sm"
      />
      <p id={`${id}-hint`} className={problem === null ? "text-muted text-xs" : "text-broken text-xs"}>
        {problem ?? "What it is for, such as nightly lock report. It stays on the record."}
      </p>
    </div>
  );
}

function LifetimeField({ draft, onDraft }: FieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="w-max font-medium text-sm">
        Expires
      </label>
      <select
        id={id}
        value={draft.expiresInDays}
        onChange={(event) => onDraft({ ...draft, expiresInDays: Number(event.target.value) })}
        className="min-h-8 w-max rounded-md border border-line-strong bg-ground px-2 text-[16px] md:text-sm"
      >
        {TOKEN_LIFETIMES.map((days) => (
          <option key={days} value={days}>
            in {days} days
          </option>
        ))}
      </select>
    </div>
  );
}
