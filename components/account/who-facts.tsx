import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { type Fact, Facts } from "#components/ui/facts.tsx";
import type { AccountView } from "#lib/domain/access/account-view.ts";

const SIGNED_IN_BY: Readonly<Record<AccountView["authenticatedBy"], string>> = {
  local: "nothing: you are the user of this machine",
  password: "a password",
  oidc: "single sign-on",
  proxy: "the proxy in front of Lockkeeper, which vouches for each request",
  token: "a token",
};

/** Who somebody is for the record: names change, what the issuer calls them does not. */
export function WhoFacts({ account }: { account: AccountView }) {
  const { name, authenticatedBy, issuer, subject, signedInAt } = account;
  const facts: (Fact | null)[] = [
    { name: "Recorded as", value: <UntrustedText text={name} className="font-medium" /> },
    { name: "Signed in with", value: SIGNED_IN_BY[authenticatedBy] },
    signedInAt === null ? null : { name: "Signed in", value: <RelativeTime iso={signedInAt} /> },
    issuer === null ? null : { name: "Issuer", value: <UntrustedText text={issuer} className="font-mono text-xs" /> },
    subject === null
      ? null
      : { name: "Subject", value: <UntrustedText text={subject} className="font-mono text-xs" /> },
  ];
  return <Facts facts={facts.filter((fact) => fact !== null)} />;
}
