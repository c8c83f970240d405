import { createServer } from "node:net";
import { Refusal, runChild, runMain } from "./child.mjs";
import { handOverToPinnedNode, ROOT } from "./installation.mjs";

const READY_POLL_MS = 250;
/** What Next exits with after SIGINT and SIGTERM. */
const STOPPED_AS_ASKED = new Set([130, 143]);

await runMain(async () => {
  const exitCode = await handOverToPinnedNode();
  if (exitCode !== false) return exitCode;

  const { host, port: wantedPort } = await readAddress();
  const port = await probePort(host, wantedPort);
  const { buildWhenStale, NEXT } = await import("./build.mjs");
  await buildWhenStale();

  const stopped = new AbortController();
  void announceWhenReady(host, port, stopped.signal);
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", PORT: String(port) };
  const args = [NEXT, "start", "-H", host, "-p", String(port)];
  const code = await runChild(process.execPath, args, { cwd: ROOT, env }).finally(() => stopped.abort());
  return STOPPED_AS_ASKED.has(code) ? 0 : code;
});

/** The same reading of environment and configuration as the server's own, so both agree and both explain in the same words. */
async function readAddress() {
  const { parseEnv, readVariables } = await import("#lib/server/env.ts");
  const { loadConfig } = await import("#lib/server/config/load-config.ts");
  const { findStartProblems } = await import("#lib/server/start-rules.ts");
  const variables = readVariables();
  const parsed = parseEnv(variables);
  if (!parsed.ok) throw new Refusal(parsed.problems.join("\n"));
  const { env } = parsed;
  // Before it listens anywhere: an address that others reach must never be open, not even for a moment.
  const problems = findStartProblems({ env, config: readConfig(loadConfig, { ...env, variables }) });
  if (problems.length > 0) throw new Refusal(problems.join("\n"));
  return { host: env.host, port: env.port };
}

function readConfig(loadConfig, options) {
  try {
    const loaded = loadConfig(options);
    return loaded.source === "file" ? loaded.config : null;
  } catch (error) {
    throw new Refusal(error.message, { cause: error });
  }
}

/** The port to listen on (a free one for 0), or a refusal that says what to do, before minutes are spent on a build. */
async function probePort(host, wantedPort) {
  const probe = createServer();
  const outcome = await new Promise((resolve) => {
    probe.once("error", (problem) => resolve({ problem }));
    probe.listen({ host, port: wantedPort, exclusive: true }, () => {
      const { port } = probe.address();
      probe.close(() => resolve({ port }));
    });
  });
  if (!outcome.problem) return outcome.port;
  throw new Refusal(
    outcome.problem.code === "EADDRINUSE"
      ? `Port ${wantedPort} on ${host} is taken by another program. Stop it, or choose another: PORT=3001 npm start`
      : `Lockkeeper cannot listen on ${host} port ${wantedPort}: ${outcome.problem.message}`,
  );
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
