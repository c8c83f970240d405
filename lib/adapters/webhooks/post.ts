import { lookup as lookUp } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { type AddressRule, mayConnect, readTarget } from "./address-rule.ts";

export type Posted = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  /** In the place of the system's, for tests. */
  readonly lookup?: typeof lookUp;
};

/**
 * Posts to a receiver that is where it may be, and gives the status it answers; the rest of the answer is not read. The address
 * is checked when it is connected to, so that a name cannot become another one in between. Rejects with a sentence.
 */
export function post({ url, headers, body, timeoutMs, ...options }: Posted): Promise<number> {
  const { rule, literal } = readTarget(url, options.allowPrivate);
  // Node looks up no address that is one already.
  if (literal !== null && !mayConnect(literal, rule)) return Promise.reject(refuse(literal));
  const signal = AbortSignal.timeout(timeoutMs);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const send = url.startsWith("https:") ? requestHttps : requestHttp;
  const sent = send(url, {
    method: "POST",
    // One connection for each batch: an old one would be to an address that nobody checks again.
    agent: false,
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    lookup: guardLookup(rule, options.lookup ?? lookUp),
    signal,
  });
  sent.once("response", (answer) => {
    resolve(answer.statusCode ?? 0);
    // A receiver that drips must not hold the connection.
    answer.destroy();
  });
  sent.on("error", (error) => reject(explain(error, signal.aborted)));
  sent.end(body);
  return promise;
}

/** Refuses a name with one wrong address among its addresses: which of them would be taken is not ours to say. */
function guardLookup(rule: AddressRule, lookup: typeof lookUp): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const wrong = addresses.find(({ address }) => !mayConnect(address, rule));
      const [first] = addresses;
      if (wrong !== undefined || first === undefined) return callback(refuse(wrong?.address ?? "none"), []);
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

class RefusedAddress extends Error {}

function refuse(address: string): RefusedAddress {
  return new RefusedAddress(
    `Its address ${address} is not one of the public internet, which is refused; for an intranet set allowPrivate.`,
  );
}

function explain(error: Error, isLate: boolean): Error {
  if (error instanceof RefusedAddress) return error;
  if (isLate) return new Error("It did not answer in time.", { cause: error });
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return new Error(`It could not be reached${code}.`, { cause: error });
}
