"use client";

import { useRouter } from "next/navigation";
import type { PersonView } from "#lib/domain/access/person-view.ts";
import { AddPerson } from "./add-person.tsx";
import { PersonRow } from "./person-row.tsx";

type Props = { readonly people: readonly PersonView[]; readonly canAdd: boolean };

/** Everybody who is known, and a form to add somebody where people have passwords. */
export function PeopleBoard({ people, canAdd }: Props) {
  const router = useRouter();
  return (
    <div className="flex flex-col gap-4">
      {canAdd && <AddPerson onAdded={() => router.refresh()} />}
      {people.length === 0 ? (
        <p className="py-4 text-muted">Nobody has signed in yet.</p>
      ) : (
        <ul aria-label="People" className="border-line border-t">
          {people.map((person) => (
            <PersonRow key={person.key} person={person} onChanged={() => router.refresh()} />
          ))}
        </ul>
      )}
    </div>
  );
}
