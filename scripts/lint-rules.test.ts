import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** A boundary rule can fail open, so each row is code that the linter must refuse, or must let pass. */
type Case = { readonly file: string; readonly code: string; readonly rule: string | null };

const IMPORTS = "lint/style/noRestrictedImports";

const FORBIDDEN_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "lib/domain": [
    "zod",
    "node:crypto",
    "node:fs/promises",
    "#lib/services/errors.ts",
    "#lib/adapters/db/client.ts",
    "#lib/server/env.ts",
    "#components/ui/button.tsx",
    "#app/page.tsx",
    "#sandbox/sandbox.ts",
    "../services/errors.ts",
    "react",
    "next/server",
  ],
  "lib/services": [
    "zod",
    "node:crypto",
    "pg",
    "@aws-sdk/client-s3",
    "#lib/adapters/aws/scan.ts",
    "#lib/server/env.ts",
    "#components/ui/button.tsx",
    "#app/page.tsx",
    "#sandbox/sandbox.ts",
    "../domain/lock.ts",
    "next/server",
    "react",
  ],
  "lib/adapters/aws": [
    "#lib/services/unlocks/force-unlock.ts",
    "#lib/server/context.ts",
    "#lib/adapters/db/client.ts",
    "../db/client.ts",
    "#components/ui/button.tsx",
    "#app/page.tsx",
    "#sandbox/sandbox.ts",
    "next/server",
    "react",
  ],
  "lib/server": ["#app/page.tsx", "#components/ui/button.tsx", "../domain/lock.ts"],
  components: [
    "#lib/services/locks/list-locks.ts",
    "#lib/adapters/db/client.ts",
    "#lib/server/env.ts",
    "#app/page.tsx",
    "#sandbox/sandbox.ts",
    "../app/page.tsx",
    "node:fs",
    "node:fs/promises",
    "@aws-sdk/client-s3",
    "@prisma/client",
    "pg",
    "server-only",
  ],
  app: [
    "#lib/adapters/db/client.ts",
    "#sandbox/sandbox.ts",
    "@aws-sdk/client-s3",
    "@prisma/client/runtime/client",
    "pg",
    "pg-boss",
    "node:fs",
    "../lib/server/env.ts",
  ],
  sandbox: ["#lib/domain/lock.ts", "#components/ui/button.tsx", "#app/page.tsx", "../lib/domain/lock.ts"],
  e2e: [
    "#lib/domain/lock.ts",
    "#lib/server/env.ts",
    "#components/ui/button.tsx",
    "#app/page.tsx",
    "../lib/domain/lock.ts",
  ],
};

const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "lib/domain": ["./lock.ts", "#lib/domain/lock.ts"],
  "lib/services": ["./errors.ts", "#lib/domain/lock.ts", "#lib/services/ports/context.ts"],
  "lib/adapters/aws": [
    "./clients.ts",
    "#lib/domain/lock.ts",
    "#lib/services/ports/context.ts",
    "#lib/services/errors.ts",
    "#lib/server/env.ts",
    "#lib/server/logger.ts",
    "@aws-sdk/client-s3",
    "node:crypto",
  ],
  "lib/server": [
    "#lib/services/locks/list-locks.ts",
    "#lib/adapters/db/client.ts",
    "#lib/domain/lock.ts",
    "#sandbox/sandbox.ts",
    "node:os",
  ],
  components: ["#components/ui/button.tsx", "#lib/domain/lock.ts", "react", "next/link", "radix-ui", "./row.tsx"],
  app: [
    "#components/ui/button.tsx",
    "#lib/services/locks/list-locks.ts",
    "#lib/server/context.ts",
    "#lib/domain/lock.ts",
    "next/navigation",
  ],
  sandbox: ["./s3.ts", "#sandbox/s3.ts", "dynalite", "node:http"],
  e2e: ["./fixtures.ts", "#sandbox/sandbox.ts", "@playwright/test", "node:fs"],
};

const OTHER_RULES: readonly Case[] = [
  { file: "lib/domain/type-import.ts", code: 'import type { A } from "zod";\nexport type B = A;\n', rule: IMPORTS },
  { file: "lib/domain/dynamic-import.ts", code: 'export const a = () => import("zod");\n', rule: IMPORTS },
  { file: "lib/domain/re-export.ts", code: 'export { a } from "zod";\n', rule: IMPORTS },
  { file: "lib/services/scan.test.ts", code: 'import { a } from "#sandbox/sandbox.ts";\na();\n', rule: null },
  {
    file: "lib/domain/cycle-a.ts",
    code: 'import { b } from "./cycle-b.ts";\nexport const a = () => b();\n',
    rule: "lint/suspicious/noImportCycles",
  },
  {
    file: "lib/domain/cycle-b.ts",
    code: 'import { a } from "./cycle-a.ts";\nexport const b = (): number => a();\n',
    rule: "lint/suspicious/noImportCycles",
  },
  { file: "lib/services/env-read.ts", code: "export const a = process.env.PORT;\n", rule: "lint/style/noProcessEnv" },
  { file: "lib/server/context.ts", code: "export const a = process.env.PORT;\n", rule: "lint/style/noProcessEnv" },
  { file: "lib/server/env.ts", code: "export const a = process.env.PORT;\n", rule: null },
  {
    file: "lib/services/prints.ts",
    code: 'export const a = () => console.log("x");\n',
    rule: "lint/suspicious/noConsole",
  },
  { file: "lib/services/any.ts", code: "export const a = (b: any) => b;\n", rule: "lint/suspicious/noExplicitAny" },
  {
    file: "lib/services/non-null.ts",
    code: "export const a = (b: string | null) => b!;\n",
    rule: "lint/style/noNonNullAssertion",
  },
  { file: "lib/services/default.ts", code: "export default function a() {}\n", rule: "lint/style/noDefaultExport" },
  { file: "app/page.tsx", code: "export default function Page() {\n  return null;\n}\n", rule: null },
  {
    file: "components/barrel.ts",
    code: 'export { a } from "./a.tsx";\nexport { b } from "./b.tsx";\n',
    rule: "lint/performance/noBarrelFile",
  },
  { file: "components/star.ts", code: 'export * from "./a.tsx";\n', rule: "lint/performance/noReExportAll" },
  {
    file: "lib/services/loses-cause.ts",
    code: 'export function a() {\n  try {\n    a();\n  } catch (error) {\n    throw new Error("x");\n  }\n}\n',
    rule: "lint/style/useErrorCause",
  },
  {
    file: "lib/services/throws-text.ts",
    code: 'export function a() {\n  throw "x";\n}\n',
    rule: "lint/style/useThrowOnlyError",
  },
  {
    file: "lib/services/inexhaustive.ts",
    code: 'export function a(b: "c" | "d") {\n  switch (b) {\n    case "c":\n      return 1;\n  }\n}\n',
    rule: "lint/nursery/useExhaustiveSwitchCases",
  },
  {
    file: "lib/services/floating.ts",
    code: "async function a() {}\nexport function b() {\n  a();\n}\n",
    rule: "lint/nursery/noFloatingPromises",
  },
  {
    file: "lib/services/misused.ts",
    code: "async function a() {\n  return true;\n}\nexport function b() {\n  if (a()) return 1;\n  return 2;\n}\n",
    rule: "lint/nursery/noMisusedPromises",
  },
  {
    file: "components/inner-html.tsx",
    code: "export const A = () => <p dangerouslySetInnerHTML={{ __html: location.hash }} />;\n",
    rule: "lint/security/noDangerouslySetInnerHtml",
  },
  { file: "lib/services/PascalCase.ts", code: "export const a = 1;\n", rule: "lint/style/useFilenamingConvention" },
  { file: "lib/services/camelCase.ts", code: "export const a = 1;\n", rule: "lint/style/useFilenamingConvention" },
  { file: "lib/services/only.test.ts", code: 'test.only("a", () => {});\n', rule: "lint/suspicious/noFocusedTests" },
];

const CASES: readonly Case[] = [
  ...importCases(FORBIDDEN_IMPORTS, "bad", IMPORTS),
  ...importCases(ALLOWED_IMPORTS, "good", null),
  ...OTHER_RULES,
];

let folder = "";
let findings: ReadonlyMap<string, ReadonlySet<string>> = new Map();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lint-rules-"));
  findings = lintCases(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(CASES.filter((row) => row.rule !== null))("the linter refuses $file: $code", ({ file, rule }) => {
  expect([...(findings.get(file) ?? [])]).toContain(rule);
});

test.each(CASES.filter((row) => row.rule === null))("the linter lets $file pass: $code", ({ file }) => {
  expect([...(findings.get(file) ?? [])].filter((rule) => !rule.includes("/correctness/"))).toEqual([]);
});

function importCases(table: Readonly<Record<string, readonly string[]>>, stem: string, rule: string | null): Case[] {
  return Object.entries(table).flatMap(([layer, specifiers]) =>
    specifiers.map((specifier, index) => ({
      file: `${layer}/${stem}-${index}.ts`,
      code: `import { a } from "${specifier}";\nexport const b = () => a();\n`,
      rule,
    })),
  );
}

function lintCases(into: string): ReadonlyMap<string, ReadonlySet<string>> {
  cpSync("package.json", join(into, "package.json"));
  const config = JSON.parse(readFileSync("biome.json", "utf8"));
  writeFileSync(join(into, "biome.json"), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }));
  for (const { file, code } of CASES) {
    mkdirSync(dirname(join(into, file)), { recursive: true });
    writeFileSync(join(into, file), code);
  }
  return readFindings(runBiome(into));
}

function runBiome(cwd: string): string {
  const biome = join(process.cwd(), "node_modules", ".bin", "biome");
  const options = ["lint", "--colors=off", "--reporter=github", "--max-diagnostics=none", "."];
  try {
    return execFileSync(biome, options, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    // Biome exits with 1 when it finds something, which is what these cases are for.
    return (error as { stdout: string }).stdout;
  }
}

function readFindings(output: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, rule, file] of output.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)) {
    if (rule === undefined || file === undefined) continue;
    const relative = file.slice(file.indexOf(folder) + folder.length + 1);
    found.set(relative, (found.get(relative) ?? new Set()).add(rule));
  }
  return found;
}
