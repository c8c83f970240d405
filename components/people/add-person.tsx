"use client";

import { type FormEvent, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { ProblemNotice } from "#components/sign-in/problem-notice.tsx";
import { sendJson } from "#components/sign-in/send-json.ts";
import { Button } from "#components/ui/button.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import type { Added } from "./change-person.ts";
import { PasswordLink } from "./password-link.tsx";

/** Adds somebody who signs in with a password, and shows the link with which they set it. */
export function AddPerson({ onAdded }: { readonly onAdded: () => void }) {
  const isReady = useIsReady();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [added, setAdded] = useState<{ secret: string; email: string } | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const email = String(data.get("email"));
    const body = { email, name: String(data.get("name")), isAdmin: data.get("isAdmin") === "on" };
    const sent = await sendJson<Added>("/api/v1/people", body);
    setProblem(sent.ok ? null : sent.problem);
    setAdded(sent.ok ? { secret: sent.body.secret, email } : null);
    if (!sent.ok) return;
    form.reset();
    onAdded();
  };
  return (
    <div className="flex flex-col gap-3">
      <form
        method="post"
        onSubmit={(event) => void submit(event)}
        className="grid items-end gap-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_max-content_max-content]"
      >
        <TextField label="E-mail address" name="email" type="email" autoComplete="off" required />
        <TextField label="Name" name="name" autoComplete="off" />
        <label className="flex min-h-9 items-center gap-2 text-sm">
          <input type="checkbox" name="isAdmin" className="size-4 accent-accent" />
          Administrator
        </label>
        <Button type="submit" look="main" disabled={!isReady} className="min-h-9">
          Add person
        </Button>
      </form>
      <ProblemNotice problem={problem} />
      {added !== null && <PasswordLink {...added} />}
    </div>
  );
}
