/** A stretch of a bucket's keys in the order of their UTF-8 bytes: behind `after`, up to and with `through`; null is the end. */
export type KeyRange = { readonly after: string; readonly through: string | null };
