import { hostname } from "node:os";
import { type DestinationStream, pino } from "pino";
import { readEnv } from "./env.ts";

const SECRET_NAMES = [
  "secretAccessKey",
  "sessionToken",
  "password",
  "secret",
  "clientSecret",
  "authorization",
  "cookie",
];
/** Controls, formats, lone surrogates and the line ends of Unicode, which JSON lets pass; the line feed ends the line. */
const HIDDEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

/**
 * A log of one JSON object a line: when, in UTC, on which host and in which process, what, and its fields. No text can forge a
 * line or reach a terminal as anything but text, and what stands under the name of a secret is left out.
 */
export function createLogger(level: string, destination?: DestinationStream) {
  const options = {
    level,
    base: { host: hostname(), pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
    hooks: { streamWrite: (line: string) => line.replace(HIDDEN, escapeUnits) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** The log of this process, on standard output. */
export const logger = createLogger(readEnv().logLevel);

function escapeUnits(hidden: string): string {
  return Array.from({ length: hidden.length }, (_, at) => escapeUnit(hidden.charCodeAt(at))).join("");
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
