const LENGTH_MAX = 254;
/** What better-auth takes as an address, so that the two cannot differ: exactly one @, and ASCII only. */
const EMAIL = /^(?!\.)(?!.*\.\.)[a-z0-9_'+\-.]*[a-z0-9_+-]@(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}$/;

/** The address with which somebody signs in, as it is kept; null for what is none. Folded first, then checked. */
export function parseLoginEmail(text: string): string | null {
  if (text.length > LENGTH_MAX) return null;
  const email = text.trim().normalize("NFKC").toLowerCase();
  // The domain that can belong to nobody stands for people who have no address with us.
  return email.length <= LENGTH_MAX && EMAIL.test(email) && !email.endsWith(".invalid") ? email : null;
}
