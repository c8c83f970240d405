/** How whoever asks has shown who they are. */
export type SignIn =
  /** The person at this machine, or the product itself: nobody signed in. */
  | { readonly kind: "local" }
  | { readonly kind: "session"; readonly sessionId: string; readonly signedInAtMs: number }
  /** A proxy vouches for each request; when the person signed in is known only where it says so. */
  | { readonly kind: "proxy"; readonly signedInAtMs: number | null }
  | { readonly kind: "token"; readonly tokenId: string }
  /** Nobody yet. */
  | { readonly kind: "none" };

/** Whether a person must sign in anew before what cannot be undone: `maxAgeMs` null asks nobody. Scripts and local people never. */
export function needsFreshSignIn(signIn: SignIn, maxAgeMs: number | null, nowMs: number): boolean {
  if (maxAgeMs === null) return false;
  switch (signIn.kind) {
    case "local":
    case "token":
      return false;
    case "none":
      return true;
    case "session":
    case "proxy":
      return signIn.signedInAtMs === null || nowMs - signIn.signedInAtMs > maxAgeMs;
  }
}
