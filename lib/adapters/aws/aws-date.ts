import type { DeserializeMiddleware, MiddlewareStack } from "@smithy/types";
import { type Fields, fieldsOf } from "./fields.ts";

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * AWS's own time in the headers of an answer, in whole seconds rounded down; null when there is no valid `Date`, or a cache
 * has kept the answer for a while.
 */
export function readAwsDate(headers: Fields): number | null {
  const date = headers["date"];
  if (typeof date !== "string" || !HTTP_DATE.test(date) || headers["age"] !== undefined) return null;
  const dateMs = Date.parse(date);
  return Number.isNaN(dateMs) ? null : dateMs;
}

/** Shows `onHeaders` the headers of every answer that passes a stack, error answers and each attempt included. */
export function watchHeaders<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  watcher: { name: string; now: () => number; onHeaders: (headers: Fields, sentAtMs: number) => void },
): void {
  const watch: DeserializeMiddleware<Input, Output> = (next) => async (args) => {
    const sentAtMs = watcher.now();
    const result = await next(args);
    watcher.onHeaders(fieldsOf(fieldsOf(result.response)["headers"]), sentAtMs);
    return result;
  };
  // Below the parsing of answers, which throws what is an error.
  stack.add(watch, { step: "deserialize", name: watcher.name, priority: "low" });
}

/** Watches one command; the function returned gives AWS's time of its newest answer. */
export function watchAwsDate<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
): () => number | null {
  let dateMs: number | null = null;
  const onHeaders = (headers: Fields) => {
    dateMs = readAwsDate(headers);
  };
  watchHeaders(stack, { name: "lockkeeperAwsDate", now: Date.now, onHeaders });
  return () => dateMs;
}
