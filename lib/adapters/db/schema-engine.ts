import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";

type Bindings = {
  readonly SchemaEngine: typeof SchemaEngine;
  readonly __wbg_set_wasm: (exports: WebAssembly.Exports) => void;
};

let loaded: Promise<Bindings> | null = null;

/** Prisma's schema engine on a driver adapter; `fromFolder` is any folder of the repository, where node_modules is found. */
export async function openSchemaEngine(
  factory: SqlMigrationAwareDriverAdapterFactory,
  fromFolder: string,
): Promise<SchemaEngine> {
  loaded ??= loadBindings(fromFolder);
  const { SchemaEngine } = await loaded;
  return SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

/** By hand, because Node imports .wasm files only in newer versions and with a warning. */
async function loadBindings(fromFolder: string): Promise<Bindings> {
  const engine = asBindings(bindings);
  const require = createRequire(join(resolve(fromFolder), "schema-engine.js"));
  const file = join(dirname(require.resolve("@prisma/schema-engine-wasm")), "schema_engine_bg.wasm");
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": importsOf(bindings),
  });
  engine.__wbg_set_wasm(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start === "function") start();
  return engine;
}

function asBindings(module: object): Bindings {
  if ("SchemaEngine" in module && "__wbg_set_wasm" in module) return module as Bindings;
  throw new Error("@prisma/schema-engine-wasm does not export what its version promises.");
}

function importsOf(module: object): WebAssembly.ModuleImports {
  return Object.fromEntries(Object.entries(module).filter(([, value]) => typeof value === "function"));
}

/** The adapter as the engine needs it: a script is sent whole, because a trigger's body has semicolons of its own. */
export function withScripts(
  factory: SqlMigrationAwareDriverAdapterFactory,
  execute: (adapter: SqlDriverAdapter, script: string) => Promise<unknown>,
): SqlMigrationAwareDriverAdapterFactory {
  const wrap = (adapter: SqlDriverAdapter): SqlDriverAdapter => ({
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    startTransaction: (isolation) => adapter.startTransaction(isolation),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    dispose: () => adapter.dispose(),
    executeScript: async (script) => {
      await execute(adapter, script);
    },
  });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => wrap(await factory.connect()),
    connectToShadowDb: async () => wrap(await factory.connectToShadowDb()),
  };
}
