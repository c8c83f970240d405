import type { FinalizeRequestMiddleware, MiddlewareStack } from "@smithy/types";
import type { AwsLimits } from "./limits.ts";
import type { CallLimiter } from "./semaphore.ts";
import { callWithin } from "./time-limit.ts";

/** The calls of one sweep: bounded in number and time, and counted with their retries. */
export type ScanCalls = {
  readonly run: <T>(call: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly count: <Input extends object, Output extends object>(command: MiddlewareStack<Input, Output>) => void;
  readonly counted: () => number;
};

export function createScanCalls(options: { account: string; limit: CallLimiter; limits: AwsLimits }): ScanCalls {
  let requests = 0;
  return {
    run: (call) => options.limit(options.account, () => callWithin(options.limits.scanCallMs, call)),
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
