/** A lock gate seen from above: two leaves that meet, and the water line. */
export function Logo() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" className="shrink-0 text-accent">
      <path d="M3 3v14M17 3v14" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" fill="none" />
      <path d="M3 13l7-6 7 6" stroke="currentColor" strokeWidth="2.5" strokeLinejoin="round" fill="none" />
    </svg>
  );
}
