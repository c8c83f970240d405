/** More than any body but one has reason to be. */
export const BODY_BYTES_MAX = 64 * 1024;

/** An unlock echoes the lock's ID, and whoever wrote the lock chose its length: 64 KiB of it, escaped as JSON, fit in here. */
export const UNLOCK_BYTES_MAX = 512 * 1024;

/** How long a body may be that is sent to a path. */
export function bodyBytesMaxOf(path: string): number {
  return path === "/api/v1/unlocks" ? UNLOCK_BYTES_MAX : BODY_BYTES_MAX;
}

/** The words for a body that is longer. */
export function describeTooLarge(bytesMax: number): { readonly message: string; readonly hint: string } {
  return { message: "The body is too large.", hint: `Send at most ${bytesMax / 1024} KiB.` };
}
