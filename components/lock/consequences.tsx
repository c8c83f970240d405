import type { Lock } from "#lib/domain/lock.ts";

/** What a force-unlock does and does not do. The same words stand on the page and in the dialog. */
export function Consequences({ lock }: { lock: Pick<Lock, "halves"> }) {
  const hasRow = lock.halves.some((half) => half.mechanism === "dynamodb");
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 text-sm marker:text-muted">
      <li>
        A run that is still alive is not stopped: it keeps running and still writes the state. Its job then fails with
        “Error releasing the state lock”.
      </li>
      <li>A run that waits for the lock may start at once, beside the first.</li>
      <li>
        Only the lock shown here is removed. If it has changed, nothing is deleted. The state
        {hasRow ? " and its digest item are" : " is"} left alone.
      </li>
    </ul>
  );
}
