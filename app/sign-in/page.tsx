import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { NobodySignsIn } from "#components/sign-in/nobody-signs-in.tsx";
import { PasswordForm } from "#components/sign-in/password-form.tsx";
import { ProviderButton } from "#components/sign-in/provider-button.tsx";
import { SignInShell } from "#components/sign-in/sign-in-shell.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { toLocalPath } from "#lib/domain/access/local-path.ts";
import { parseSignInProblem, SIGN_IN_PROBLEMS } from "#lib/domain/access/sign-in-problem.ts";
import { openPageContext } from "#lib/server/request-context.ts";
import { describeSignIn, type SignInOffer } from "#lib/services/sign-in/describe-sign-in.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const query = await searchParams;
  const [next, isAgain] = [toLocalPath(textOf(query["next"])), query["again"] === "1"];
  const problem = parseSignInProblem(textOf(query["problem"]));
  const { ctx, isSignedIn, proxyKind } = await openPageContext();
  const offer = await describeSignIn(ctx);
  if (offer === null) return <NobodySignsIn proxyKind={proxyKind} next={next} isAgain={isAgain} />;
  if (isSignedIn && !isAgain && problem === null) redirect(next as Route);
  return (
    <SignInShell title={isAgain ? "Sign in again" : "Sign in"} host={offer.host}>
      {isAgain && <p className="text-muted">What cannot be undone asks you to confirm that it is you.</p>}
      {problem !== null && <Notice tone="look">{SIGN_IN_PROBLEMS[problem]}</Notice>}
      <Ways offer={offer} next={next} isAgain={isAgain} />
    </SignInShell>
  );
}

function Ways({ offer, next, isAgain }: { offer: SignInOffer; next: string; isAgain: boolean }) {
  const { providerName, isProviderUp, isPasswordOffered, isPasswordMain } = offer;
  return (
    <>
      {providerName !== null && !isProviderUp && (
        <Notice tone="look">
          {providerName} does not answer right now. It is asked again each time that somebody tries.
        </Notice>
      )}
      {providerName !== null && <ProviderButton providerName={providerName} next={next} isAgain={isAgain} />}
      {isPasswordOffered && isPasswordMain && <PasswordForm next={next} isMain />}
      {isPasswordOffered && !isPasswordMain && (
        <details className="border-line border-t pt-4" open={!isProviderUp}>
          <summary className="w-max rounded text-muted text-sm hover:text-ink">Break-glass sign-in</summary>
          <div className="pt-4">
            <PasswordForm next={next} isMain={false} />
          </div>
        </details>
      )}
    </>
  );
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
