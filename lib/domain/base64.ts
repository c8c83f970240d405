const CHUNK_LENGTH = 8192;

/** Standard base64 of bytes, exact and reversible. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK_LENGTH) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_LENGTH));
  }
  return btoa(binary);
}
