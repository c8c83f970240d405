import { PageShell } from "#components/ui/page-shell.tsx";

type Props = { readonly what: string; readonly visitor: string };

/** In the place of a page that has nothing for who looks at it: what is missing, and who can give it. */
export function NoAccess({ what, visitor }: Props) {
  return (
    <PageShell title="Not part of your access">
      <p>
        You are signed in as <bdi className="font-medium">{visitor}</bdi>, and your roles do not include {what}.
      </p>
      <p className="text-muted text-sm">
        Whoever runs Lockkeeper gives roles and their scopes in its configuration, under <code>access.roles</code>. If a
        group was given to you just now, sign out and in again.
      </p>
    </PageShell>
  );
}
