/**
 * Whether a text names a ticket of a form such as `INC-#`, as a whole word: `#` stands for one or more digits, and everything
 * else for itself. Takes time in proportion to the product of both lengths at most; no configuration can make it take more.
 */
export function namesTicket(text: string, form: string): boolean {
  const steps = parseForm(form);
  const characters = [...text];
  let reached = new Set<number>();
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (!isPartOfWord(characters[at - 1])) reached.add(0);
    reached = advance(steps, reached, character);
    if (reached.has(steps.length) && !isPartOfWord(characters[at + 1])) return true;
  }
  return false;
}

/** Exactly one digit, and any number of further ones. */
const DIGIT = "digit";
const MORE_DIGITS = "more digits";

function parseForm(form: string): readonly string[] {
  return [...form.normalize("NFC")].flatMap((character) => (character === "#" ? [DIGIT, MORE_DIGITS] : [character]));
}

/** Where one may stand in the form after a character, wherever one stood before it. */
function advance(steps: readonly string[], reached: ReadonlySet<number>, character: string): Set<number> {
  const next = new Set<number>();
  const isDigit = /^[0-9]$/.test(character);
  const stand = (at: number): void => {
    next.add(at);
    // There may be no further digits.
    if (steps[at] === MORE_DIGITS) stand(at + 1);
  };
  for (const at of reached) {
    const step = steps[at];
    if (step === MORE_DIGITS && isDigit) stand(at);
    else if (step === DIGIT ? isDigit : step === character) stand(at + 1);
  }
  return next;
}

/** A hyphen too: the ticket in `X-INC-1` is another one than INC-1. */
function isPartOfWord(character: string | undefined): boolean {
  return character !== undefined && /^[\p{L}\p{M}\p{N}_-]$/u.test(character);
}
