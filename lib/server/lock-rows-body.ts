import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);
/** Most of what level 9 saves, at a quarter of its time. */
const LEVEL = 4;

export const GZIP_TYPE = "application/gzip";

/** One version's answer to everybody who asks for the rows. */
export type LockRowsBody = {
  readonly version: string;
  readonly plain: () => Uint8Array<ArrayBuffer>;
  readonly gzipped: () => Promise<Uint8Array<ArrayBuffer>>;
};

/** Writes and compresses at most once, when it is first asked for; compressing does not hold up the event loop. */
export function createLockRowsBody(version: string, write: () => string): LockRowsBody {
  let plain: Uint8Array<ArrayBuffer> | null = null;
  let gzipped: Promise<Uint8Array<ArrayBuffer>> | null = null;
  const readPlain = () => {
    plain ??= new TextEncoder().encode(write());
    return plain;
  };
  return {
    version,
    plain: readPlain,
    gzipped: () => {
      gzipped ??= compress(readPlain(), { level: LEVEL }).then((bytes) => new Uint8Array(bytes));
      return gzipped;
    },
  };
}

/**
 * Whether an `Accept` header names gzip. It is negotiated as a type and not as an encoding, because Next drops
 * `Content-Encoding` from what a route answers, and would compress each answer anew by itself.
 */
export function wantsGzip(accept: string | null): boolean {
  return (accept ?? "").split(",").some((type) => type.trim().toLowerCase() === GZIP_TYPE);
}
