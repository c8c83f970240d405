import Link from "next/link";
import { PageShell } from "#components/ui/page-shell.tsx";

export default function NotFound() {
  return (
    <PageShell title="There is nothing here">
      <p>No page, lock or record has this address. A lock that was never seen by a scan has none either.</p>
      <p>
        <Link href="/" className="text-accent underline">
          All locks
        </Link>
      </p>
    </PageShell>
  );
}
