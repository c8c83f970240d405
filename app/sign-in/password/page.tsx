import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SetPasswordForm } from "#components/sign-in/set-password-form.tsx";
import { SignInShell } from "#components/sign-in/sign-in-shell.tsx";
import { openPageContext } from "#lib/server/request-context.ts";

export const metadata: Metadata = { title: "Set your password" };

export default async function SetPasswordPage() {
  const { ctx } = await openPageContext();
  if (ctx.signInDesk === null) notFound();
  return (
    <SignInShell title="Set your password" host={new URL(ctx.signInDesk.publicUrl).host}>
      <p className="text-muted">An administrator gave you this link. It works once.</p>
      <SetPasswordForm isFirst={false} />
    </SignInShell>
  );
}
