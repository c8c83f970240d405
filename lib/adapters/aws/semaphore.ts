export type Semaphore = { readonly run: <T>(task: () => Promise<T>) => Promise<T> };

/** Lets at most `size` tasks run at once; the others wait in order. */
export function createSemaphore(size: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = size;

  return {
    async run(task) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}

/**
 * Bounds calls by account and in all. The account's place is taken first, so that an account whose calls hang fills its
 * own few places and not the common ones.
 */
export function createCallLimiter(limits: { callsPerAccount: number; callsInAll: number }) {
  const inAll = createSemaphore(limits.callsInAll);
  const byAccount = new Map<string, Semaphore>();

  return function limit<T>(account: string, task: () => Promise<T>): Promise<T> {
    let ofAccount = byAccount.get(account);
    if (ofAccount === undefined) {
      ofAccount = createSemaphore(limits.callsPerAccount);
      byAccount.set(account, ofAccount);
    }
    return ofAccount.run(() => inAll.run(task));
  };
}

export type CallLimiter = ReturnType<typeof createCallLimiter>;
