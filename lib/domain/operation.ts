import type { AgeClass } from "./access/unlock-policy.ts";
import { formatOneLine } from "./display-text.ts";

export type OperationTraits = {
  /** What the screen shows: a friendly word, or the raw value made safe. */
  readonly label: string;
  /** The same inside a sentence: "running an apply". */
  readonly phrase: string;
  /** A healthy run of this kind is usually over by then. */
  readonly staleAfterMs: number;
  /** True when the run does not write the state, so that a missing write says nothing. */
  readonly isReadOnly: boolean;
  /** What a policy calls it; null for a word that nobody knows, which may stand for any of them. */
  readonly ageClass: AgeClass | null;
};

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const EDIT_MS = 15 * MINUTE_MS;
const START_MS = 30 * MINUTE_MS;
const UNKNOWN_MS = 2 * HOUR_MS;

/** Every value Terraform and OpenTofu write (lock-semantics 1.1); `OperationTypeInvalid` is import and console. */
const KNOWN_OPERATIONS = new Map<string, OperationTraits>([
  ["OperationTypePlan", traits("plan", "Plan", "a plan", 30 * MINUTE_MS, true)],
  ["OperationTypeApply", traits("apply", "Apply / destroy", "an apply", 2 * HOUR_MS)],
  ["OperationTypeRefresh", traits("refresh", "Refresh", "a refresh", 30 * MINUTE_MS)],
  ["OperationTypeInvalid", traits("import", "Import or console", "an import or a console", 8 * HOUR_MS)],
  ["init", traits("other", "Creating workspace", "the creation of a workspace", START_MS)],
  ["migration source state", traits("other", "State migration (source)", "a state migration (source)", START_MS)],
  [
    "migration destination state",
    traits("other", "State migration (destination)", "a state migration (destination)", START_MS),
  ],
  ["backend from plan", traits("other", "Backend initialisation", "a backend initialisation", START_MS)],
  [
    "init is initializing state_store first time",
    traits("other", "Backend initialisation", "a backend initialisation", START_MS),
  ],
  ["state-mv", traits("edit", "State edit: mv", "a state mv", EDIT_MS)],
  ["state-rm", traits("edit", "State edit: rm", "a state rm", EDIT_MS)],
  ["state-push", traits("edit", "State edit: push", "a state push", EDIT_MS)],
  // `workspace delete` writes this one too, in every version so far.
  [
    "state-replace-provider",
    traits("edit", "State edit or workspace delete", "a state replace-provider or a workspace delete", EDIT_MS),
  ],
  ["taint", traits("edit", "Taint", "a taint", EDIT_MS)],
  ["untaint", traits("edit", "Untaint", "an untaint", EDIT_MS)],
  ["workspace-new", traits("other", "New workspace", "the creation of a workspace", START_MS)],
  ["workspace_new", traits("other", "New workspace (old)", "the creation of a workspace", START_MS)],
  ["workspace_delete", traits("other", "Workspace delete (old)", "a workspace delete", START_MS)],
  ["test", traits("other", "Test", "a test", UNKNOWN_MS)],
]);

function traits(
  ageClass: AgeClass | null,
  label: string,
  phrase: string,
  staleAfterMs: number,
  isReadOnly = false,
): OperationTraits {
  return { ageClass, label, phrase, staleAfterMs, isReadOnly };
}

/** Says what a raw `Operation` means; an unknown or missing one gets the longest patience a label can justify. */
export function describeOperation(raw: string | null): OperationTraits {
  if (raw === null || raw === "") return traits(null, "Unknown", "an unknown operation", UNKNOWN_MS);
  const known = KNOWN_OPERATIONS.get(raw);
  if (known !== undefined) return known;
  const shown = formatOneLine(raw, { maxLength: 64 });
  return traits(null, shown, `“${shown}”`, UNKNOWN_MS);
}
