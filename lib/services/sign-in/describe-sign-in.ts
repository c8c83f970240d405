import type { Context } from "#lib/services/ports/context.ts";

/** What the sign-in page offers. */
export type SignInOffer = {
  readonly host: string;
  readonly providerName: string | null;
  /** False while the provider does not answer. */
  readonly isProviderUp: boolean;
  readonly isPasswordOffered: boolean;
  readonly isPasswordMain: boolean;
};

const PROBE_MS_MAX = 1_500;

/** How somebody can sign in here, or null where nobody does. */
export async function describeSignIn({ signInDesk, pause }: Context): Promise<SignInOffer | null> {
  if (signInDesk === null) return null;
  const { gateway, mode, breakGlassPeople, providerName, publicUrl } = signInDesk;
  // A provider that says nothing for so long is shown as it was meant to be: the button will tell.
  const probe = await Promise.race([gateway.probeProvider(), pause(PROBE_MS_MAX).then(() => null)]);
  return {
    host: new URL(publicUrl).host,
    providerName,
    isProviderUp: probe !== false,
    isPasswordOffered: mode === "password" || breakGlassPeople.length > 0,
    isPasswordMain: mode === "password",
  };
}
