"use client";

import { type FormEvent, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { ProblemNotice } from "#components/sign-in/problem-notice.tsx";
import { sendJson } from "#components/sign-in/send-json.ts";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useToast } from "#components/ui/toasts.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";

/** A new password for whoever knows the present one; all of their other sessions end with it. */
export function ChangePassword() {
  const [isBusy, setIsBusy] = useState(false);
  const isReady = useIsReady();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const say = useToast();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setIsBusy(true);
    const sent = await sendJson("/api/v1/password", {
      password: data.get("password"),
      newPassword: data.get("newPassword"),
    });
    setIsBusy(false);
    setProblem(sent.ok ? null : sent.problem);
    if (!sent.ok) return;
    form.reset();
    say("Your password is changed.", "All of your other sessions have ended.");
  };
  return (
    <Section title="Password" anchor="password">
      <form method="post" onSubmit={(event) => void submit(event)} className="flex max-w-sm flex-col gap-3.5">
        <TextField label="Present password" name="password" type="password" autoComplete="current-password" required />
        <TextField label="New password" name="newPassword" type="password" autoComplete="new-password" required />
        <ProblemNotice problem={problem} />
        <div>
          <Button type="submit" disabled={isBusy || !isReady}>
            {isBusy ? "Changing …" : "Change password"}
          </Button>
        </div>
      </form>
    </Section>
  );
}
