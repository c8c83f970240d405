import { createServer } from "node:net";
import { Refusal, runChild, runMain } from "./child.mjs";
import { handOverToPinnedNode, ROOT } from "./installation.mjs";

const READY_POLL_MS = 250;

await runMain(async () => {
  const exitCode = await handOverToPinnedNode();
  if (exitCode !== false) return exitCode;

  const { host, port } = await readAddress();
  await refuseTakenPort(host, port);
  const { buildWhenStale, NEXT } = await import("./build.mjs");
  await buildWhenStale();

  const stopped = new AbortController();
  void announceWhenReady(host, port, stopped.signal);
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", PORT: String(port) };
  return runChild(process.execPath, [NEXT, "start", "-H", host, "-p", String(port)], { cwd: ROOT, env }).finally(() =>
    stopped.abort(),
  );
});

/** The same reading of the environment as the server's own, so both agree and both explain in the same words. */
async function readAddress() {
  const { parseEnv, readVariables } = await import("#lib/server/env.ts");
  const parsed = parseEnv(readVariables());
  if (!parsed.ok) throw new Refusal(parsed.problems.join("\n"));
  return { host: parsed.env.host, port: parsed.env.port };
}

async function refuseTakenPort(host, port) {
  const probe = createServer();
  const problem = await new Promise((resolve) => {
    probe.once("error", resolve);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(null)));
  });
  if (!problem) return;
  if (problem.code === "EADDRINUSE") {
    throw new Refusal(
      `Port ${port} on ${host} is taken by another program. Stop it, or choose another: PORT=3001 npm start`,
    );
  }
  throw new Refusal(`Lockkeeper cannot listen on ${host} port ${port}: ${problem.message}`);
}

async function announceWhenReady(host, port, signal) {
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  while (!signal.aborted) {
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => null);
    if (answer?.ok) {
      process.stdout.write(`Lockkeeper is ready: ${url}\n`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}
