/** Every bound on a conversation with AWS; tests shorten the times. */
export type AwsLimits = {
  readonly connectMs: number;
  /** From sending a request to the head of its answer. */
  readonly requestMs: number;
  readonly socketIdleMs: number;
  /** One scan call with its retries, the reading of its body included. */
  readonly scanCallMs: number;
  readonly scanAttempts: number;
  /** Calls in flight that are no listings: bodies and tables. */
  readonly callsPerSource: number;
  readonly callsPerAccount: number;
  readonly callsInAll: number;
  /** Pages of listings in flight. */
  readonly pagesPerBucket: number;
  readonly pagesPerAccount: number;
  readonly pagesInAll: number;
  /** Calls for one page, each with its attempts, that may be told to slow down before a sweep that gets other pages gives up. */
  readonly throttledCalls: number;
  /** Most bytes kept of one lock body. */
  readonly bodyBytes: number;
  /** Most bytes of lock bodies read in one sweep, so that a flood of locks cannot fill the memory. */
  readonly sweepBodyBytes: number;
  /** Bodies of one sweep that may run out of time before the others are no longer asked for. */
  readonly lateBodies: number;
  /** Items one DynamoDB page may look at; null leaves it to DynamoDB's 1 MB. */
  readonly tablePageItems: number | null;
};

export const AWS_LIMITS: AwsLimits = {
  connectMs: 3_000,
  requestMs: 10_000,
  // Not shorter than a request may take: a listing through many delete markers is silent for long before its first byte.
  socketIdleMs: 10_000,
  scanCallMs: 15_000,
  scanAttempts: 3,
  // A thousand new bodies at 20 ms take a second; one source never fills its account's places.
  callsPerSource: 24,
  callsPerAccount: 48,
  callsInAll: 128,
  pagesPerBucket: 64,
  pagesPerAccount: 128,
  pagesInAll: 256,
  throttledCalls: 5,
  bodyBytes: 64 * 1024,
  sweepBodyBytes: 64 * 1024 * 1024,
  lateBodies: 8,
  tablePageItems: null,
};
