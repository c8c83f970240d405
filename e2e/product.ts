import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const NEXT = "node_modules/next/dist/bin/next";
/** Of compiled scripts: without it each of the many starts compiles the same again, for half a second. */
const COMPILE_CACHE = "node_modules/.cache/lockkeeper/compiled";
const READY_MS_MAX = 60_000;

export type ProductOptions = {
  /** Null starts the demo, as where there is no lockkeeper.yaml. */
  readonly configFile: string | null;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
};

/** The built product as a process of its own, on its own port and data. */
export type Product = {
  readonly url: string;
  /** Everything it wrote to its log, over all of its lives. */
  log(): string;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  /** Ends it as an orchestrator would, which kills what is not over soon: how it ended, and after how long. */
  terminate(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** kill -9: nothing is tidied up. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
};

/** Starts the product that `next build` left, and resolves when /readyz says yes. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  let child: ChildProcess | null = null;

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? null;
    const closed = once(ending, "close");
    ending.kill(signal);
    await closed;
    return ending.exitCode;
  }

  const product: Product = {
    url,
    log: () => lines.join(""),
    stop: async () => void (await end("SIGTERM")),
    kill: async () => void (await end("SIGKILL")),
    async terminate() {
      const startedMs = performance.now();
      const code = await end("SIGTERM");
      return { code, tookMs: performance.now() - startedMs };
    },
    async start() {
      child = spawn(process.execPath, [NEXT, "start", "-H", "127.0.0.1", "-p", String(port)], {
        env: cleanEnv(options, port),
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => lines.push(text));
      }
      await untilReady(url, child, product.log);
    },
  };
  await product.start();
  return product;
}

/** A new environment: the person's own credentials and settings must not reach the product under test. */
function cleanEnv(options: ProductOptions, port: number): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LOCKKEEPER_DIST_DIR } = process.env;
  return {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    PATH,
    HOME,
    TMPDIR,
    ...(LOCKKEEPER_DIST_DIR !== undefined && { LOCKKEEPER_DIST_DIR }),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ...(options.configFile !== null && { LOCKKEEPER_CONFIG: options.configFile }),
    LOCKKEEPER_DATA_DIR: options.dataDir,
    ...options.env,
  };
}

async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadlineMs = Date.now() + READY_MS_MAX;
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null || Date.now() > deadlineMs) throw new Error(`The product did not start:\n${log()}`);
    await pause(50);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
