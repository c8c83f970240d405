import { useId } from "react";

type Props = {
  readonly label: string;
  readonly hint: string;
  readonly comment: string;
  readonly onComment: (comment: string) => void;
};

/** What somebody says to a decision; it stays on the record. */
export function CommentField({ label, hint, comment, onComment }: Props) {
  const id = useId();
  return (
    <div className="flex w-full flex-col gap-1">
      <label htmlFor={id} className="w-max font-medium text-sm">
        {label}
      </label>
      <textarea
        id={id}
        rows={2}
        value={comment}
        maxLength={2000}
        onChange={(event) => onComment(event.target.value)}
        aria-describedby={`${id}-hint`}
        className="max-w-xl rounded-md border border-line-strong bg-ground px-2.5 py-1.5 text-[16px] md:text-sm"
      />
      <p id={`${id}-hint`} className="text-muted text-xs">
        {hint}
      </p>
    </div>
  );
}
