import { useId } from "react";
import type { Confirmation } from "./confirmation.ts";

type Props = {
  readonly confirmation: Confirmation;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  readonly problem: string | null;
};

const QUESTIONS: Readonly<Record<Confirmation["of"], string>> = {
  "lock ID": "the first eight characters of the lock ID",
  "state key": "the first eight characters of the state key (the lock has no ID that can be typed)",
  "broken glass": "these words: everybody who may see this lock is told that you did",
  word: "this word (neither the lock ID nor the state key can be typed)",
};

/** The proof that this lock is meant, and not another. */
export function ConfirmationField({ confirmation, typed, onTyped, problem }: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm">
        <span className="font-medium">Type</span>{" "}
        <code className="rounded bg-hover px-1.5 py-0.5 font-mono font-semibold">{confirmation.text}</code>
        <span className="text-muted">, {QUESTIONS[confirmation.of]}</span>
      </label>
      <input
        id={id}
        type="text"
        value={typed}
        onChange={(event) => onTyped(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        className="w-44 max-w-full rounded-md border border-line-strong bg-ground px-2.5 py-1.5 font-mono text-[16px] md:text-sm"
      />
      {problem !== null && (
        <p id={`${id}-problem`} className="text-broken text-xs">
          {problem}
        </p>
      )}
    </div>
  );
}
