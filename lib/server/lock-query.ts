import { z } from "zod";
import { parseDuration } from "#lib/domain/duration.ts";
import { ATTENTIONS, LOCK_STATUSES } from "#lib/domain/lock.ts";
import type { ListLocksInput } from "#lib/services/locks/list-locks.ts";
import { parseInput } from "./run-route.ts";

const LIMIT_DEFAULT = 1000;
const LIMIT_MAX = 10_000;

const List = z
  .string()
  .max(4000)
  .transform((text) => text.split(",").filter((part) => part !== ""));

const LockQuery = z.object({
  account: List.optional(),
  bucket: List.optional(),
  status: List.pipe(z.array(z.enum(LOCK_STATUSES))).optional(),
  attention: List.pipe(z.array(z.enum(ATTENTIONS))).optional(),
  operation: z.string().max(200).optional(),
  who: z.string().max(200).optional(),
  q: z.string().max(200).optional(),
  minAge: z
    .string()
    .transform((text, issue) => {
      const ms = parseDuration(text);
      if (ms !== null) return ms;
      issue.addIssue({ code: "custom", message: "write a duration such as 90s, 15m, 3h or 2d" });
      return z.NEVER;
    })
    .optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  cursor: z.string().max(200).optional(),
});

/** Reads the filters of `GET /api/v1/locks`; an empty parameter counts as absent. Throws `invalid` naming the parameter. */
export function parseLockQuery(parameters: URLSearchParams): ListLocksInput {
  const given = Object.fromEntries([...parameters].filter(([, value]) => value !== ""));
  const { limit, cursor, minAge, ...rest } = parseInput(given, LockQuery);
  return { filter: { ...rest, minAgeMs: minAge }, limit, cursor: cursor ?? null };
}
