"use client";

import { Button } from "#components/ui/button.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";

type Props = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: Props) {
  return (
    <PageShell title="This page could not be made">
      <p>
        Nothing was changed by that. Try again; if it stays, the server’s log says more
        {error.digest !== undefined && (
          <>
            {" "}
            under <code className="font-mono">{error.digest}</code>
          </>
        )}
        .
      </p>
      <p>
        <Button onClick={reset}>Try again</Button>
      </p>
    </PageShell>
  );
}
