import type { ReactNode } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { SignInLink } from "#components/shell/sign-in-link.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { Notice } from "#components/ui/notice.tsx";

type Props = { readonly problem: ApiProblem; readonly children: ReactNode };

/** Why the server did not do it. What did not happen, as `children`, is said first. */
export function DeclinedNotice({ problem, children }: Props) {
  return (
    <div role="alert">
      <Notice tone="broken">
        <strong className="font-semibold">{children}</strong> <UntrustedText text={problem.message} />{" "}
        <UntrustedText text={problem.hint} /> {problem.code === "unauthenticated" && <SignInLink />}
        {problem.code === "sign_in_again" && <SignInLink isAgain />}
        {problem.requestId !== null && <span className="text-muted text-xs"> Request {problem.requestId}</span>}
      </Notice>
    </div>
  );
}
