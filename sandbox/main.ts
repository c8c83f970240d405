import { seedDemo } from "./demo.ts";
import { startSandbox } from "./sandbox.ts";

/** Serves the demo until the parent closes our standard input or stops us, and says on one line where it is. */
const sandbox = await startSandbox({ port: Number(process.env["SANDBOX_PORT"] ?? 0) });
const { configYaml, credentials } = await seedDemo(sandbox);

const stop = () => void sandbox.close().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
process.stdin.once("end", stop);
process.stdin.once("error", stop);
process.stdin.resume();

process.stdout.write(`${JSON.stringify({ ready: true, endpoint: sandbox.s3Url, configYaml, credentials })}\n`);
