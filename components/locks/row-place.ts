/*
 * Which row stands where is written by script: a style attribute in the markup is refused by our content security policy. The rows
 * that the server renders are the first ones, so until then they stand right by following one another.
 */

/** Takes a row out of the flow, to the place of its index. */
export function placeRow(row: HTMLElement | null, index: number): void {
  if (row === null) return;
  row.style.position = "absolute";
  row.style.top = `calc(var(--row) * ${index})`;
}

/** Makes the list as high as all of its rows, drawn or not. */
export function growTo(body: HTMLElement | null, count: number): void {
  if (body !== null) body.style.height = `calc(var(--row) * ${count})`;
}
