/** A call did not end in the time it was given. */
export class TimeLimitError extends Error {
  constructor(limitMs: number) {
    super(`No answer within ${limitMs} ms.`);
    this.name = "TimeLimitError";
  }
}

/**
 * Runs a call and settles after `limitMs` at the latest, whatever the call does: the SDK's own limits cover neither the
 * reading of a body nor the fetching of credentials.
 */
export async function callWithin<T>(limitMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new TimeLimitError(limitMs);
    controller.abort(error);
    reject(error);
  }, limitMs);
  try {
    return await Promise.race([call(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
