import { networkOf } from "#lib/domain/access/client-address.ts";
import { AppError } from "#lib/services/errors.ts";
import type { SignInDesk } from "#lib/services/ports/people.ts";

const MINUTE_MS = 60_000;
const OF_ACCOUNT = { limit: 5, perMs: MINUTE_MS };
/** More than of one account: an office comes from one address. */
const OF_NETWORK = { limit: 30, perMs: MINUTE_MS };

/** Throws `too_many` for whoever tries too often, from one network or at one account, whether there is such an account or not. */
export async function limitSignIns(
  { rates }: Pick<SignInDesk, "rates">,
  { address, account }: { readonly address: string; readonly account: string | null },
): Promise<void> {
  const ofNetwork = await rates.take(`sign-in network ${networkOf(address)}`, OF_NETWORK);
  if (!ofNetwork.ok) throw tooMany(ofNetwork.retryInMs);
  if (account === null) return;
  const ofAccount = await rates.take(`sign-in account ${account}`, OF_ACCOUNT);
  if (!ofAccount.ok) throw tooMany(ofAccount.retryInMs);
}

function tooMany(retryInMs: number): AppError {
  return new AppError("There were too many attempts to sign in.", {
    code: "too_many",
    retryInMs,
    hint: `Try again in ${Math.max(1, Math.ceil(retryInMs / 1000))} s.`,
  });
}
