import { fork } from "node:child_process";
import type { VirtualBucket, VirtualCounts } from "./virtual-s3.ts";

/** The virtual S3 in its own process, so that its work is not counted as ours. */
export type VirtualProcess = {
  readonly url: string;
  /** Serves another bucket and begins to count anew. */
  readonly serve: (bucket: Partial<VirtualBucket>) => Promise<void>;
  readonly counts: () => Promise<VirtualCounts>;
  readonly stop: () => void;
};

type Answer = { url?: string; counts?: VirtualCounts };

export async function startVirtualS3(): Promise<VirtualProcess> {
  const child = fork(new URL("./virtual-s3.ts", import.meta.url), { stdio: "inherit" });
  let onAnswer: PromiseWithResolvers<Answer> = Promise.withResolvers();
  child.on("message", (message: Answer) => onAnswer.resolve(message));
  child.once("exit", () => onAnswer.reject(new Error("The virtual S3 ended.")));
  const answer = () => {
    onAnswer = Promise.withResolvers();
    return onAnswer.promise;
  };
  const { url = "" } = await onAnswer.promise;
  const ask = async (message: { bucket?: VirtualBucket }) => {
    const answered = answer();
    child.send(message);
    const { counts } = await answered;
    if (counts === undefined) throw new Error("The virtual S3 did not say what it counted.");
    return counts;
  };
  return {
    url,
    async serve(bucket) {
      const rest = { keys: 1_000, latencyMs: 0, shortPageEvery: 0, emptyPageEvery: 0, requestsPerSecond: 0 };
      await ask({ bucket: { ...rest, ...bucket } });
    },
    counts: () => ask({}),
    stop: () => child.disconnect(),
  };
}
