import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PAYMENTS, PAYMENTS_BUCKET, PAYMENTS_TABLE, type World } from "./world.ts";

export type Mechanism = "s3" | "dynamodb" | "both";
export type Run = {
  /** Everything it printed so far. */
  output(): string;
  /** Resolves with the exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  /** kill -9 of Terraform and of all it started. */
  kill(): Promise<void>;
};

/** One Terraform configuration with its state in the sandbox, run as a person would. */
export type Project = {
  readonly stateKey: string;
  run(args: readonly string[]): Run;
  /** Runs to the end; a bad exit code is an error that shows the output. */
  mustRun(args: readonly string[]): Promise<string>;
  /** Lets a `hold` apply finish. */
  release(): void;
};

const TF_KEY = { accessKeyId: "AKIATERRAFORMTEST000", secretAccessKey: "the-sandbox-does-not-check-signatures" };

/** Writes a project with the S3 backend and initialises it. `hold` makes its apply wait until `release`. */
export async function createProject(world: World, name: string, mechanism: Mechanism): Promise<Project> {
  world.sandbox.addAccessKey({ ...TF_KEY, accountId: PAYMENTS.id });
  const folder = join(world.folder, name);
  const gate = join(folder, "gate");
  const stateKey = `${name}/terraform.tfstate`;
  mkdirSync(folder);
  writeFileSync(join(folder, "main.tf"), formatProject(world, stateKey, mechanism, gate));
  const runs: ChildProcess[] = [];

  function run(args: readonly string[]): Run {
    const lines: string[] = [];
    const child = spawn("terraform", [...args, "-no-color"], {
      cwd: folder,
      env: terraformEnv(folder),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    runs.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => lines.push(text));
    }
    const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
    const output = () => lines.join("");
    return {
      output,
      ended,
      async kill() {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        await ended;
      },
    };
  }

  async function mustRun(args: readonly string[]): Promise<string> {
    const running = run(args);
    const code = await running.ended;
    if (code !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${code}:\n${running.output()}`);
    return running.output();
  }

  await mustRun(["init", "-input=false"]);
  return { stateKey, run, mustRun, release: () => writeFileSync(gate, "") };
}

function formatProject(world: World, stateKey: string, mechanism: Mechanism, gate: string): string {
  const { s3Url, dynamodbUrl, stsUrl } = world.sandbox;
  return `terraform {
  backend "s3" {
    bucket                      = "${PAYMENTS_BUCKET}"
    key                         = "${stateKey}"
    region                      = "${PAYMENTS.region}"
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    ${mechanism === "dynamodb" ? "" : "use_lockfile = true"}
    ${mechanism === "s3" ? "" : `dynamodb_table = "${PAYMENTS_TABLE}"`}
    endpoints = {
      s3       = "${s3Url}"
      dynamodb = "${dynamodbUrl}"
      sts      = "${stsUrl}"
    }
  }
}

variable "hold" {
  default = false
}

resource "terraform_data" "step" {
  triggers_replace = var.hold
  provisioner "local-exec" {
    command = var.hold ? "until [ -e '${gate}' ]; do sleep 0.1; done" : "true"
  }
}
`;
}

function terraformEnv(folder: string): NodeJS.ProcessEnv {
  return {
    NODE_ENV: "test",
    PATH: process.env["PATH"],
    HOME: folder,
    TMPDIR: process.env["TMPDIR"],
    CHECKPOINT_DISABLE: "1",
    AWS_ACCESS_KEY_ID: TF_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: TF_KEY.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
