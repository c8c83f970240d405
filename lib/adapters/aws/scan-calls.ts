import type { FinalizeRequestMiddleware, MiddlewareStack } from "@smithy/types";
import type { CallLimiter } from "./call-limiter.ts";
import type { AwsLimits } from "./limits.ts";
import { callWithin } from "./time-limit.ts";

/** The calls of one look at a source: bounded in number and time, and counted with their retries. */
export type ScanCalls = {
  readonly run: <T>(call: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly count: <Input extends object, Output extends object>(command: MiddlewareStack<Input, Output>) => void;
  readonly counted: () => number;
};

export function createScanCalls(options: { account: string; limit: CallLimiter; limits: AwsLimits }): ScanCalls {
  const lane = options.limit.openLane(options.account);
  let requests = 0;
  return {
    async run(call) {
      const release = await lane.acquire();
      try {
        return await callWithin(options.limits.scanCallMs, call);
      } finally {
        release();
      }
    },
    count<Input extends object, Output extends object>(command: MiddlewareStack<Input, Output>) {
      const counter: FinalizeRequestMiddleware<Input, Output> = (next) => (args) => {
        requests += 1;
        return next(args);
      };
      // After the retry middleware, so that each attempt passes here.
      command.add(counter, { step: "finalizeRequest", name: "lockkeeperCount", priority: "low" });
    },
    counted: () => requests,
  };
}
