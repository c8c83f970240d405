/** Controls, formats, lone surrogates, private use, separators, ignorables and blanks other than the space. */
const HIDDEN = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{NChar}\p{DI}\p{Zs}\u2800]--[\u0020]]/gv;

/**
 * Text in which everything a reader would not see, or that ends lines, stands as a `\uXXXX` escape. It is for reading: a text
 * that already has such an escape in it looks the same, and only JSONL tells them apart.
 */
export function escapeHidden(text: string): string {
  return text.replace(HIDDEN, escapeUnits);
}

/** Each UTF-16 unit as JSON writes it. */
export function escapeUnits(characters: string): string {
  return Array.from({ length: characters.length }, (_, index) => {
    return `\\u${characters.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}

/** At most `lengthMax` UTF-16 units, never half a character; what was cut off shows as "…". */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const kept = text.slice(0, lengthMax - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
