import { inspectText } from "./display-text.ts";
import type { HalfBody, HalfSighting } from "./half.ts";
import { parseHolder } from "./holder.ts";
import type { Holder } from "./lock.ts";
import { type LockInfo, type LockTextFlag, parseLockText } from "./lock-text.ts";
import { parseLockTime } from "./lock-time.ts";
import type { Source } from "./source.ts";

/** What one half says, and whether it can be believed to be a lock. */
export type HalfText = {
  readonly verdict: "lock" | "malformed" | "denied";
  readonly problem: string | null;
  readonly info: LockInfo;
  readonly flags: readonly LockTextFlag[];
  readonly createdMs: number | null;
  readonly holder: Holder | null;
  readonly hasHidden: boolean;
  readonly isMixedScript: boolean;
};

export type ReadHalf = { readonly sighting: HalfSighting; readonly source: Source; readonly text: HalfText };

const NOTHING: LockInfo = {
  id: null,
  operation: null,
  info: null,
  who: null,
  version: null,
  created: null,
  path: null,
};

const ITEM_PROBLEMS = {
  info_missing: "the item has no Info",
  info_not_string: "its Info is not a string",
  has_digest: "the item is a lock and a digest at once",
} as const satisfies Record<Extract<HalfBody, { kind: "item" }>["problem"], string>;

/** The store gives a half that is seen again the same bytes, and the same objects until something changed: each text is read once. */
const texts = new WeakMap<object, KnownText>();
type KnownText = {
  readonly text: HalfText;
  readonly kind: HalfBody["kind"];
  readonly detail: unknown;
  readonly stateKey: string;
};

/** What a half says of itself; computed once for its bytes. */
export function readHalfText(sighting: HalfSighting): HalfText {
  const { body, stateKey } = sighting;
  const { kind } = body;
  const detail = kind === "bytes" ? body.isTruncated : body.problem;
  const place = contentOfHalf(sighting);
  const known = texts.get(place);
  if (known?.kind === kind && known.detail === detail && known.stateKey === stateKey) return known.text;
  const text = interpret(sighting);
  texts.set(place, { text, kind, detail, stateKey });
  return text;
}

/** What stays the same object as long as a half has the same content, for things that are known of it. */
export function contentOfHalf(sighting: HalfSighting): object {
  return sighting.body.kind === "denied" ? sighting : sighting.body.bytes;
}

function interpret({ body, stateKey }: HalfSighting): HalfText {
  if (body.kind === "denied") return toHalfText("denied", body.problem, NOTHING, [], stateKey);
  if (body.kind === "item") return toHalfText("malformed", ITEM_PROBLEMS[body.problem], NOTHING, [], stateKey);
  const { verdict, problem, info, flags } = parseLockText(body.bytes, { isTruncated: body.isTruncated });
  return toHalfText(verdict, problem, info, flags, stateKey);
}

function toHalfText(
  verdict: HalfText["verdict"],
  problem: string | null,
  info: LockInfo,
  flags: readonly LockTextFlag[],
  stateKey: string,
): HalfText {
  const warnings = [stateKey, ...Object.values(info)].map((value) => inspectText(value ?? ""));
  return {
    verdict,
    problem,
    info,
    flags,
    createdMs: info.created === null ? null : parseLockTime(info.created),
    holder: parseHolder(info.who),
    hasHidden: warnings.some((warning) => warning.hasHidden),
    isMixedScript: warnings.some((warning) => warning.isMixedScript),
  };
}
