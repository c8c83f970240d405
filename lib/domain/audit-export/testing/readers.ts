/** RFC 4180 read one character at a time, and nothing shared with the code under test. Throws where the grammar is broken. */
export function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '"') throw new Error(`a cell without quotes at ${at}`);
    let cell = "";
    for (at += 1; ; at += 1) {
      if (at >= text.length) throw new Error("a cell without an end");
      if (text[at] !== '"') cell += text[at];
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else break;
    }
    at += 1;
    row.push(cell);
    if (text[at] === ",") at += 1;
    else if (text.startsWith("\r\n", at)) {
      at += 2;
      rows.push(row);
      row = [];
    } else throw new Error(`neither a comma nor a line end at ${at}`);
  }
  if (row.length > 0) throw new Error("a last line without an end");
  return rows;
}

const BLANKS_AND_QUOTES = /^[\s\p{Z}"“”’]+/u;
const SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫−";

/** Whether a spreadsheet could take a cell for a formula, blanks and quotes before it set aside. */
export function isFormula(cell: string): boolean {
  const first = cell.replace(BLANKS_AND_QUOTES, "")[0];
  return /^[\t\r]/.test(cell) || (first !== undefined && SIGNS.includes(first));
}

type CefRecord = { readonly header: readonly string[]; readonly extensions: ReadonlyMap<string, string> };

/** CEF as its standard says, shared with nothing: seven pipes that no backslash stands before, then keys and values. */
export function readCef(line: string): CefRecord {
  const header: string[] = [];
  let field = "";
  let at = 0;
  for (; header.length < 7; at += 1) {
    const character = line[at];
    if (character === undefined) throw new Error("a header without its seven pipes");
    if (character === "\\") {
      const next = line[at + 1];
      if (next !== "\\" && next !== "|") throw new Error(`an escape that headers do not know: ${next}`);
      field += next;
      at += 1;
    } else if (character === "|") {
      header.push(field);
      field = "";
    } else field += character;
  }
  return { header, extensions: readExtensions(line.slice(at)) };
}

function readExtensions(text: string): ReadonlyMap<string, string> {
  const extensions = new Map<string, string>();
  if (text === "") return extensions;
  const starts = [...text.matchAll(/(?:^| )([A-Za-z0-9]+)(?<!\\)=/g)];
  for (const [index, start] of starts.entries()) {
    const raw = text.slice(start.index + start[0].length, starts[index + 1]?.index ?? text.length);
    if (/(?<!\\)(?:\\\\)*=/.test(raw)) throw new Error(`an equals sign without a backslash in ${raw}`);
    const key = start[1] ?? "";
    if (extensions.has(key)) throw new Error(`${key} twice`);
    extensions.set(
      key,
      raw.replace(/\\(.)/g, (_match, next: string) => ({ n: "\n", r: "\r" })[next] ?? next),
    );
  }
  return extensions;
}
