import type { ApiProblem } from "#components/api/call.ts";
import { Notice } from "#components/ui/notice.tsx";

/** What went wrong and what to do, said to screen readers too. */
export function ProblemNotice({ problem }: { problem: Pick<ApiProblem, "message" | "hint"> | null }) {
  return (
    <div role="alert">
      {problem !== null && (
        <Notice tone="broken">
          <p>{problem.message}</p>
          <p className="text-muted">{problem.hint}</p>
        </Notice>
      )}
    </div>
  );
}
