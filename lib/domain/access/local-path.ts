const LENGTH_MAX = 2000;
/** Some base that no path can name. */
const BASE = "http://lockkeeper.invalid";

/** A path of our own pages, for going back to after sign-in; "/" for anything that might lead elsewhere. */
export function toLocalPath(text: string | null | undefined): string {
  // Browsers read "\" as "/" and skip tabs and line ends, so whatever is not plain is not taken.
  if (typeof text !== "string" || text.length > LENGTH_MAX || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text)) return "/";
  if (text.includes("\\")) return "/";
  const url = URL.parse(text, BASE);
  if (url === null || url.origin !== BASE) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith("//") || /^\/(api|sign-in)(\/|\?|#|$)/.test(path) ? "/" : path;
}
