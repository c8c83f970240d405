import { AppError } from "#lib/services/errors.ts";
import type { Log } from "#lib/services/ports/context.ts";
import type { Provider } from "./provider.ts";

/** How long a failure to reach the provider counts for everybody who asks. */
const RETRY_AFTER_MS = 2_000;
const CHECK_EVERY_MS = 10_000;

export type ProviderLink = {
  /** The provider, asked about itself if need be. Throws AppError `unavailable` while it does not answer. */
  readonly open: () => Promise<Provider>;
  /** The same, and asks it again now and then: a browser must not be sent to where nobody answers. */
  readonly check: () => Promise<Provider>;
  /** The provider if it has ever answered, without asking it. */
  readonly known: () => Provider | null;
};

/** Reaches the provider when it is needed, so that one that is down holds up nothing else. */
export function createProviderLink(options: {
  readonly connect: () => Promise<Provider>;
  readonly monotonicMs: () => number;
  readonly log: Log;
}): ProviderLink {
  const { connect, monotonicMs, log } = options;
  let provider: Provider | null = null;
  let connecting: Promise<Provider> | null = null;
  let failed: { readonly atMs: number; readonly error: AppError } | null = null;
  let answeredMs = Number.NEGATIVE_INFINITY;

  async function reach(): Promise<Provider> {
    try {
      provider = await connect();
      answeredMs = monotonicMs();
      return provider;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      log.warn({ reason }, "the identity provider cannot be used");
      const error = new AppError("The identity provider cannot be reached.", {
        code: "unavailable",
        hint: "Try again in a moment. Whoever administers Lockkeeper finds the reason in its log.",
        cause,
      });
      failed = { atMs: monotonicMs(), error };
      throw error;
    } finally {
      connecting = null;
    }
  }

  async function reachSoon(): Promise<Provider> {
    if (failed !== null && monotonicMs() - failed.atMs < RETRY_AFTER_MS) throw failed.error;
    connecting ??= reach();
    return connecting;
  }

  return {
    known: () => provider,
    open: async () => provider ?? reachSoon(),
    check: async () => (provider !== null && monotonicMs() - answeredMs < CHECK_EVERY_MS ? provider : reachSoon()),
  };
}
