"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { TextField } from "#components/ui/text-field.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import { PASSWORD_LENGTH_MIN } from "#lib/domain/access/password-rule.ts";
import { ProblemNotice } from "./problem-notice.tsx";
import { sendJson } from "./send-json.ts";

type Props = { readonly isFirst: boolean };

const MISMATCH = {
  code: "invalid",
  message: "The two passwords differ.",
  hint: "Type the same twice.",
  requestId: null,
};
const NO_SECRET = {
  code: "invalid",
  message: "This address is not complete.",
  hint: "Open the link as it was given to you, to its last character.",
  requestId: null,
};

/** Sets a password by the one-time secret behind the # of the address, which browsers send to no server. */
export function SetPasswordForm({ isFirst }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const isReady = useIsReady();
  const [email, setEmail] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const secret = location.hash.slice(1);
    if (secret === "") return setProblem(NO_SECRET);
    if (data.get("password") !== data.get("repeated")) return setProblem(MISMATCH);
    setIsBusy(true);
    setProblem(null);
    const body = { secret, email: data.get("email"), password: data.get("password") };
    const sent = await sendJson<{ email: string }>("/api/v1/sign-in/set-password", body);
    setIsBusy(false);
    if (!sent.ok) return setProblem(sent.problem);
    history.replaceState(null, "", location.pathname);
    setEmail(sent.body.email);
  };
  if (email !== null) {
    return (
      <div className="flex flex-col gap-4" role="status">
        <p>
          The password is set. From now on you sign in as <strong className="break-all">{email}</strong>.
        </p>
        <Link href="/sign-in" className={buttonClass("main", "min-h-10")}>
          Sign in
        </Link>
      </div>
    );
  }
  return (
    <form method="post" onSubmit={(event) => void submit(event)} className="flex flex-col gap-3.5">
      {isFirst && <TextField label="E-mail address" name="email" type="email" autoComplete="username" required />}
      <TextField
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${PASSWORD_LENGTH_MIN} characters. Several words that do not belong together are good.`}
        required
      />
      <TextField label="The same again" name="repeated" type="password" autoComplete="new-password" required />
      <ProblemNotice problem={problem} />
      <Button type="submit" look="main" disabled={isBusy || !isReady} className="min-h-10">
        {isBusy ? "Setting …" : "Set password"}
      </Button>
    </form>
  );
}
