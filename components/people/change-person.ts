import { type Sent, sendJson } from "#components/sign-in/send-json.ts";
import type { PersonChange } from "#lib/domain/access/person-view.ts";

export type Changed = { readonly secret?: string; readonly expiresAtMs?: number; readonly endedSessions?: number };
export type Added = { readonly key: string; readonly secret: string; readonly expiresAtMs: number };

export function changePerson(key: string, change: PersonChange): Promise<Sent<Changed>> {
  return sendJson<Changed>(`/api/v1/people/${encodeURIComponent(key)}`, { change });
}
