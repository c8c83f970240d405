/** A listing that cannot be read whole: cut off, not XML, or without a field that every listing has. */
export class ListingFormatError extends Error {
  /** The SDK asks again: nothing is as likely as a connection that was cut. */
  readonly $retryable = { throttling: false };

  constructor(problem: string) {
    super(`The listing cannot be read: ${problem}.`);
    this.name = "ListingFormatError";
  }
}

/** The store does not list in the order of UTF-8 bytes, or does not start where it was asked to. */
export class ListingOrderError extends Error {
  constructor(problem: string) {
    super(`The listing is not in order: ${problem}.`);
    this.name = "ListingOrderError";
  }
}
