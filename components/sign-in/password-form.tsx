"use client";

import { type FormEvent, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { Button } from "#components/ui/button.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import { ProblemNotice } from "./problem-notice.tsx";
import { sendJson } from "./send-json.ts";

type Props = { readonly next: string; readonly isMain: boolean };

/** E-mail address and password. What was typed wrong stays, but for the password. */
export function PasswordForm({ next, isMain }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const isReady = useIsReady();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setIsBusy(true);
    setProblem(null);
    const body = { email: data.get("email"), password: data.get("password"), next };
    const sent = await sendJson<{ next: string }>("/api/v1/sign-in/password", body);
    if (sent.ok) {
      location.assign(sent.body.next);
      return;
    }
    setProblem(sent.problem);
    setIsBusy(false);
    const field = form.elements.namedItem("password");
    if (!(field instanceof HTMLInputElement)) return;
    field.value = "";
    field.focus();
  };
  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="flex flex-col gap-3.5">
      <TextField label="E-mail address" name="email" type="email" autoComplete="username" required autoFocus={isMain} />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      <ProblemNotice problem={problem} />
      <Button type="submit" look={isMain ? "main" : "plain"} disabled={isBusy || !isReady} className="min-h-10">
        {isBusy ? "Signing in …" : "Sign in"}
      </Button>
    </form>
  );
}
