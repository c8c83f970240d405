"use client";

import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { Button } from "#components/ui/button.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import { ProblemNotice } from "./problem-notice.tsx";
import { sendJson } from "./send-json.ts";

type Props = { readonly providerName: string; readonly next: string; readonly isAgain: boolean };

/** Sends the browser to the provider. */
export function ProviderButton({ providerName, next, isAgain }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const isReady = useIsReady();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const begin = async () => {
    setIsBusy(true);
    setProblem(null);
    const sent = await sendJson<{ url: string }>("/api/v1/sign-in/provider", { next, again: isAgain });
    if (sent.ok) {
      location.assign(sent.body.url);
      return;
    }
    setProblem(sent.problem);
    setIsBusy(false);
  };
  return (
    <div className="flex flex-col gap-3">
      <Button look="main" onClick={() => void begin()} disabled={isBusy || !isReady} className="min-h-10">
        {isAgain ? `Sign in again with ${providerName}` : `Sign in with ${providerName}`}
      </Button>
      <ProblemNotice problem={problem} />
    </div>
  );
}
