"use client";

import { useRouter } from "next/navigation";
import { type ApiProblem, LOST_ANSWER, parseProblem } from "#components/api/call.ts";
import { type SessionItem, SessionSection } from "./session-section.tsx";

/** Where somebody is signed in, with the way to end what they do not know. */
export function OwnSessions({ sessions }: { sessions: readonly SessionItem[] }) {
  const router = useRouter();
  const revoke = async (id: string) => {
    const problem = await sendEnd(id);
    if (problem === null) router.refresh();
    return problem;
  };
  return <SessionSection sessions={sessions} onRevoke={revoke} />;
}

async function sendEnd(id: string): Promise<ApiProblem | null> {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`/api/v1/sessions/${encodeURIComponent(id)}`, { method: "DELETE", headers });
    return response.ok ? null : parseProblem(await response.json().catch(() => null), response.status);
  } catch {
    return LOST_ANSWER;
  }
}
