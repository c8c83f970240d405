import { Button } from "#components/ui/button.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import type { PersonChange, PersonView } from "#lib/domain/access/person-view.ts";

type Props = { readonly person: PersonView; readonly onChange: (change: PersonChange) => void };

/** What can be changed about somebody. Nobody can lock themselves out. */
export function PersonActions({ person, onChange }: Props) {
  const isReady = useIsReady();
  const { name, kind, isSelf, isAdmin, disabledAtMs, sessions } = person;
  const act = (change: PersonChange, words: string, look: "quiet" | "alert" = "quiet") => (
    <Button look={look} onClick={() => onChange(change)} disabled={!isReady} aria-label={`${words}: ${name}`}>
      {words}
    </Button>
  );
  if (disabledAtMs !== null) return <div className="-ml-3 flex flex-wrap">{act("enable", "Enable")}</div>;
  return (
    <div className="-ml-3 flex flex-wrap">
      {kind === "password" && act("new_link", "New password link")}
      {sessions.length > 0 && act("end_sessions", "End sessions")}
      {!isAdmin && act("make_admin", "Make administrator")}
      {isAdmin && !isSelf && act("end_admin", "No longer administrator")}
      {!isSelf && act("disable", "Disable", "alert")}
    </div>
  );
}
