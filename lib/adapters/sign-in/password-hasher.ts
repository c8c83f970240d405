import { hashPassword, verifyPassword } from "better-auth/crypto";
import { AppError } from "#lib/services/errors.ts";

/** Some three seconds of them; whoever would wait longer had better come back. */
const WAITING_MAX = 50;

export type PasswordHasher = {
  readonly hash: (password: string) => Promise<string>;
  readonly verify: (data: { readonly hash: string; readonly password: string }) => Promise<boolean>;
};

/**
 * better-auth's scrypt, one at a time: each takes a core for most of a tenth of a second, and a handful at once would leave none for
 * anybody else. Throws `unavailable` where too many wait already.
 */
export function createPasswordHasher(hasher: PasswordHasher = { hash: hashPassword, verify: verifyPassword }) {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (waiting >= WAITING_MAX) {
      throw new AppError("Too many people are signing in at this moment.", {
        code: "unavailable",
        hint: "Nothing was compared. Try again in a few seconds.",
      });
    }
    waiting += 1;
    const mine = last.then(task).finally(() => {
      waiting -= 1;
    });
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    hash: (password) => inTurn(() => hasher.hash(password)),
    verify: (data) => inTurn(() => hasher.verify(data)),
  } satisfies PasswordHasher;
}
