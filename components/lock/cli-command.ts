import type { Lock } from "#lib/domain/lock.ts";

/** Only letters, digits and a few marks: nothing a shell would act on. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;

export type CliCommand =
  | { readonly verdict: "offered"; readonly text: string }
  | { readonly verdict: "withheld"; readonly why: string };

/** The Terraform command that would do the same, where there is one that is safe to paste into a shell. */
export function describeCommand(lock: Pick<Lock, "lockId" | "workspace" | "status">): CliCommand {
  const { lockId, workspace, status } = lock;
  if (status === "malformed")
    return { verdict: "withheld", why: "Terraform cannot release this lock: it cannot read it." };
  if (lockId === null || lockId === "")
    return { verdict: "withheld", why: "Terraform wants the lock's ID, and this lock has none that can be read." };
  if (!PLAIN.test(lockId) || (workspace !== null && !PLAIN.test(workspace)))
    return { verdict: "withheld", why: "Its ID or workspace has characters that a shell would act on." };
  const select = workspace === null ? "" : `terraform workspace select ${workspace}\n`;
  return { verdict: "offered", text: `${select}terraform force-unlock ${lockId}` };
}
