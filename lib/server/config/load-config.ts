import { readFileSync } from "node:fs";
import type { Config } from "./config.ts";
import { parseConfig } from "./parse-config.ts";
import { formatProblems } from "./problem-text.ts";

export type LoadedConfig =
  | { readonly source: "sandbox" }
  | { readonly source: "file"; readonly fileName: string; readonly config: Config };

export type LoadOptions = {
  readonly configFile: string;
  readonly isConfigFileNamed: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
};

/** Reads the configuration file; without one that was asked for by name, the answer is the sandbox. Throws what to correct. */
export function loadConfig({ configFile, isConfigFileNamed, variables }: LoadOptions): LoadedConfig {
  const text = readConfigFile(configFile, isConfigFileNamed);
  if (text === undefined) return { source: "sandbox" };
  const parsed = parseConfig(text, { fileName: configFile, env: variables });
  if (!parsed.ok) throw new Error(formatProblems(parsed.fileName, parsed.problems));
  return { source: "file", fileName: configFile, config: parsed.config };
}

function readConfigFile(fileName: string, isNamed: boolean): string | undefined {
  try {
    return readFileSync(fileName, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isMissing && !isNamed) return undefined;
    const message = isMissing
      ? `The configuration file ${fileName} does not exist. Create it, or unset LOCKKEEPER_CONFIG to start the sandbox.`
      : `The configuration file ${fileName} cannot be read. Let the user that runs Lockkeeper read it.`;
    throw new Error(message, { cause });
  }
}
