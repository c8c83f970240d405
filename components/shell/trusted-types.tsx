/*
 * With `require-trusted-types-for`, the browser asks this policy before text becomes HTML or the address of a script. Next's loader
 * may fetch our own files. React may make the one element it makes by markup. Plain text is no markup. All else is refused.
 */
const POLICY = `window.trustedTypes?.createPolicy("default", {
  createScriptURL(text) {
    const url = new URL(text, location.href);
    return url.origin === location.origin && url.pathname.startsWith("/_next/static/") ? text : null;
  },
  createHTML: (text) => (text === "<script></script>" || !text.includes("<") ? text : null),
});`;

/** Must stand before every other script of the page. */
export function TrustedTypes({ nonce }: { nonce: string }) {
  return (
    <script nonce={nonce} suppressHydrationWarning>
      {POLICY}
    </script>
  );
}
