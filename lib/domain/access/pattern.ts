/**
 * Whether a text matches a pattern as a whole: `*` stands for any run of characters but "/", `**` for any run at all, and
 * everything else for itself. Takes time in proportion to the product of both lengths at most, since whoever writes a state
 * key is not trusted.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (matchesAll(pattern)) return true;
  if (!pattern.includes("*")) return pattern === text;
  const steps = parsePattern(pattern);
  let reached = new Uint8Array(steps.length + 1);
  let next = new Uint8Array(steps.length + 1);
  reached[0] = 1;
  skipRuns(steps, reached);
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    let isAlive = false;
    next.fill(0);
    for (let at = 0; at < steps.length; at += 1) {
      if (reached[at] === 0) continue;
      const step = steps[at];
      const isRun = step === ANY_RUN || (step === RUN && character !== "/");
      if (isRun) next[at] = 1;
      else if (step === character) next[at + 1] = 1;
      else continue;
      isAlive = true;
    }
    if (!isAlive) return false;
    skipRuns(steps, next);
    [reached, next] = [next, reached];
  }
  return reached[steps.length] === 1;
}

/** Whether a pattern matches every text. */
export function matchesAll(pattern: string): boolean {
  return pattern === ANY_RUN;
}

const RUN = "*";
const ANY_RUN = "**";

/** Single code units and runs. A star of the pattern is always a run, so a star of a text is matched by runs alone. */
function parsePattern(pattern: string): readonly string[] {
  return pattern.match(/\*+|[^*]/g)?.map((part) => (part.startsWith(ANY_RUN) ? ANY_RUN : part)) ?? [];
}

/** A run may be empty, so whoever stands before one stands behind it too. */
function skipRuns(steps: readonly string[], reached: Uint8Array): void {
  for (const [at, step] of steps.entries()) {
    if (reached[at] === 1 && (step === RUN || step === ANY_RUN)) reached[at + 1] = 1;
  }
}
