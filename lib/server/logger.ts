import { pino } from "pino";
import { readEnv } from "./env.ts";

/** One JSON line an event on standard output. Hostile text cannot forge a line: pino escapes control characters as JSON does. */
export const logger = pino({
  level: readEnv().logLevel,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: {
    paths: ["*.secretAccessKey", "*.sessionToken", "*.password", "*.authorization", "*.cookie"],
    censor: "[redacted]",
  },
});
