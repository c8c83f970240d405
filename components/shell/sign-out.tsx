"use client";

import { LogOut } from "lucide-react";
import { sendJson } from "#components/sign-in/send-json.ts";
import { buttonClass } from "#components/ui/button.tsx";
import { useToast } from "#components/ui/toasts.tsx";

/** Ends the session here, and at the provider where it has one. */
export function SignOut() {
  const say = useToast();
  const signOut = async () => {
    const sent = await sendJson<{ url: string }>("/api/v1/sign-out", {});
    if (sent.ok) location.assign(sent.body.url);
    else say(`Not signed out: ${sent.problem.message}`, sent.problem.hint);
  };
  return (
    <button
      type="button"
      onClick={() => void signOut()}
      aria-label="Sign out"
      title="Sign out"
      className={buttonClass("quiet", "px-1 md:px-2")}
    >
      <LogOut size={16} aria-hidden="true" />
    </button>
  );
}
