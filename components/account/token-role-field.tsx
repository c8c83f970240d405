import type { TokenRole } from "#lib/domain/access/token.ts";
import { TOKEN_ROLE_WORDS } from "./role-words.ts";

type Props = {
  readonly roles: readonly TokenRole[];
  readonly chosen: readonly TokenRole[];
  readonly onChosen: (chosen: readonly TokenRole[]) => void;
  readonly problem: string | null;
};

/** Those roles of a token that its maker has. */
export function TokenRoleField({ roles, chosen, onChosen, problem }: Props) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 font-medium text-sm">It may</legend>
      {roles.map((role) => (
        <label key={role} className="flex w-fit gap-2 text-sm">
          <input
            type="checkbox"
            name="roles"
            checked={chosen.includes(role)}
            onChange={({ target }) =>
              onChosen(target.checked ? [...chosen, role] : chosen.filter((other) => other !== role))
            }
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span>
            <span className="font-medium">{role}</span>
            <span className="text-muted">: {TOKEN_ROLE_WORDS[role]}</span>
          </span>
        </label>
      ))}
      {problem !== null && (
        <p role="alert" className="text-broken text-xs">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
