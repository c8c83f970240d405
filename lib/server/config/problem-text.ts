import type { ConfigProblem } from "./config.ts";

/** One line for each problem: `lockkeeper.yaml:12:5 accounts[0].bukets: unknown key. Did you mean "buckets"?` */
export function formatProblems(fileName: string, problems: readonly ConfigProblem[]): string {
  return problems
    .map(({ line, column, path, message, hint }) => {
      const subject = path === "" ? "" : `${path}: `;
      return `${fileName}:${line}:${column} ${subject}${message}. ${hint}`;
    })
    .join("\n");
}

/** `accounts[0].buckets[1].name`; a key that is not a plain word is quoted, so that it cannot disturb a terminal. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(formatStep).join("").replace(/^\./, "");
}

function formatStep(step: PropertyKey): string {
  if (typeof step === "number") return `[${step}]`;
  const key = String(step);
  return /^[A-Za-z_][\w-]{0,63}$/.test(key) ? `.${key}` : `[${quoteText(key)}]`;
}

function quoteText(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(short).replaceAll(/[^\x20-\x7e…]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
