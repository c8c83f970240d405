import { TokenList } from "#components/account/token-list.tsx";
import { Section } from "#components/ui/section.tsx";
import type { TokenView } from "#lib/domain/access/token-view.ts";

/** The tokens of all people, for whoever manages them. */
export function EverybodysTokens({ tokens }: { tokens: readonly TokenView[] }) {
  return (
    <Section title="API tokens of everybody" anchor="tokens" className="mt-6">
      {tokens.length === 0 ? (
        <p className="text-muted text-sm">Nobody has a token.</p>
      ) : (
        <>
          <p className="mb-3 max-w-3xl text-muted text-sm">
            For scripts that ask the API in somebody’s name. A token may never do more than its owner may at that
            moment.
          </p>
          <TokenList tokens={tokens} hasOwners />
        </>
      )}
    </Section>
  );
}
