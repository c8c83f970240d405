/**
 * An ETag in the quoted form that HTTP asks for, to compare what a listing and a read say of one object: some stores quote
 * it in one and not in the other. A condition is sent with the ETag exactly as it was received.
 */
export function quoteEtag(etag: string): string {
  return /^(W\/)?".*"$/.test(etag) ? etag : `"${etag}"`;
}
