import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SetPasswordForm } from "#components/sign-in/set-password-form.tsx";
import { SignInShell } from "#components/sign-in/sign-in-shell.tsx";
import { openPageContext } from "#lib/server/request-context.ts";

export const metadata: Metadata = { title: "Become the first administrator" };

export default async function FirstSignInPage() {
  const { ctx } = await openPageContext();
  if (ctx.signInDesk === null) notFound();
  return (
    <SignInShell title="Become the first administrator" host={new URL(ctx.signInDesk.publicUrl).host}>
      <p className="text-muted">
        The address of this page was printed when Lockkeeper started, while it had no administrator. It works once.
      </p>
      <SetPasswordForm isFirst />
    </SignInShell>
  );
}
