import type { CheckpointSink, Log } from "#lib/services/ports.ts";

/** The log stream, which whoever collects it keeps: one line for each checkpoint. */
export function createLogSink(log: Log): CheckpointSink {
  return {
    name: "the log",
    write: async ({ note, size, keyId }) => log.info({ checkpoint: note, size, keyId }, "audit checkpoint"),
    readLatest: async () => null,
  };
}
