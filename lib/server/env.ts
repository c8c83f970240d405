import { isIPv4 } from "node:net";
import { z } from "zod";

/** The process environment, read once at start. The only file that touches `process.env`. */
export type Env = {
  readonly configFile: string;
  /** Whether LOCKKEEPER_CONFIG was set: then a missing file is an error, else it means the sandbox. */
  readonly isConfigFileNamed: boolean;
  readonly databaseUrl?: string;
  readonly databaseOwnerUrl?: string;
  readonly dataDir: string;
  /** The private key that signs audit events, as PEM; without it the one in `auditKeyFile`, else the data folder's. */
  readonly auditKey?: string;
  readonly auditKeyFile?: string;
  /** The key before it, to vouch for a new one. */
  readonly auditPreviousKeyFile?: string;
  readonly host: string;
  readonly port: number;
  /** How many processes are meant to share the database. */
  readonly replicas: number;
  readonly publicUrl?: string;
  /** Signs session cookies and encrypts what providers entrust to us; without it one in the data folder, for the embedded database. */
  readonly secret?: string;
  /** How many proxies of ours stand before us and add to X-Forwarded-For. */
  readonly trustedProxies: number;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
};

type Variables = Readonly<Record<string, string | undefined>>;

export type ParsedEnv =
  | { readonly ok: true; readonly env: Env }
  | { readonly ok: false; readonly problems: readonly string[] };

const EnvSchema = z.object({
  LOCKKEEPER_CONFIG: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "DATABASE_URL must begin with postgres:// or postgresql://.")
    .optional(),
  DATABASE_OWNER_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "DATABASE_OWNER_URL must begin with postgres:// or postgresql://.")
    .optional(),
  LOCKKEEPER_DATA_DIR: z.string().default(".lockkeeper"),
  LOCKKEEPER_AUDIT_KEY: z
    .string()
    .regex(
      /-----BEGIN/,
      "LOCKKEEPER_AUDIT_KEY must be a private key in PEM form. For a path write LOCKKEEPER_AUDIT_KEY_FILE.",
    )
    .optional(),
  LOCKKEEPER_AUDIT_KEY_FILE: keyFile("LOCKKEEPER_AUDIT_KEY_FILE").optional(),
  LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE: keyFile("LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE").optional(),
  LOCKKEEPER_HOST: z
    .string()
    .regex(
      /^(?:[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45})$/,
      "LOCKKEEPER_HOST must be an address or a host name. Write 127.0.0.1, ::1 or localhost, or leave it out.",
    )
    .default("127.0.0.1"),
  LOCKKEEPER_REPLICAS: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, {
      error: "LOCKKEEPER_REPLICAS must be a whole number. Write how many processes share the database.",
      abort: true,
    })
    .transform(Number)
    .default(1),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: "PORT must be a whole number. Write a port such as 3000.", abort: true })
    .transform(Number)
    .refine((port) => port <= 65_535, "PORT must be 65535 or less. Write a port such as 3000.")
    .default(3000),
  PUBLIC_URL: z
    .string()
    .refine(
      isWebOrigin,
      "PUBLIC_URL must be an http or https URL without a path. Write one such as http://localhost:3000.",
    )
    .transform((text) => new URL(text).origin)
    .optional(),
  LOCKKEEPER_SECRET: z
    .string()
    .min(32, "LOCKKEEPER_SECRET must have 32 characters or more. Make one with openssl rand -base64 48.")
    .optional(),
  LOCKKEEPER_TRUSTED_PROXIES: z
    .string()
    .regex(/^\d$/, "LOCKKEEPER_TRUSTED_PROXIES must be a number from 0 to 9: how many proxies stand before Lockkeeper.")
    .transform(Number)
    .default(0),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
      error: "LOG_LEVEL must be one of trace, debug, info, warn, error, fatal and silent. Write info.",
    })
    .default("info"),
});

const ONE_KEY_ONLY =
  "LOCKKEEPER_AUDIT_KEY must not be set together with LOCKKEEPER_AUDIT_KEY_FILE. Leave out one of the two.";

/** Reads the environment of this process, or throws one error whose message says all that must be corrected. */
export function readEnv(): Env {
  const parsed = parseEnv(process.env);
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return parsed.env;
}

/** The raw variables, for the `${env:NAME}` references of the configuration file. */
export function readVariables(): Variables {
  return { ...process.env };
}

/** Whether `next dev` serves, whose own overlay and reloads a strict policy would break. */
export function isDevelopment(): boolean {
  return process.env["NODE_ENV"] === "development";
}

/** Reads environment variables; an empty one counts as unset. Problems never repeat a value. */
export function parseEnv(variables: Variables): ParsedEnv {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = EnvSchema.safeParse(set);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map((issue) => issue.message) };
  const { data } = parsed;
  if (data.LOCKKEEPER_AUDIT_KEY !== undefined && data.LOCKKEEPER_AUDIT_KEY_FILE !== undefined) {
    return { ok: false, problems: [ONE_KEY_ONLY] };
  }
  return {
    ok: true,
    env: {
      configFile: data.LOCKKEEPER_CONFIG ?? "lockkeeper.yaml",
      isConfigFileNamed: data.LOCKKEEPER_CONFIG !== undefined,
      ...(data.DATABASE_URL !== undefined && { databaseUrl: data.DATABASE_URL }),
      ...(data.DATABASE_OWNER_URL !== undefined && { databaseOwnerUrl: data.DATABASE_OWNER_URL }),
      dataDir: data.LOCKKEEPER_DATA_DIR,
      ...(data.LOCKKEEPER_AUDIT_KEY !== undefined && { auditKey: data.LOCKKEEPER_AUDIT_KEY }),
      ...(data.LOCKKEEPER_AUDIT_KEY_FILE !== undefined && { auditKeyFile: data.LOCKKEEPER_AUDIT_KEY_FILE }),
      ...(data.LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE !== undefined && {
        auditPreviousKeyFile: data.LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE,
      }),
      host: data.LOCKKEEPER_HOST,
      port: data.PORT,
      replicas: data.LOCKKEEPER_REPLICAS,
      ...(data.PUBLIC_URL !== undefined && { publicUrl: data.PUBLIC_URL }),
      ...(data.LOCKKEEPER_SECRET !== undefined && { secret: data.LOCKKEEPER_SECRET }),
      trustedProxies: data.LOCKKEEPER_TRUSTED_PROXIES,
      logLevel: data.LOG_LEVEL,
    },
  };
}

function keyFile(name: string) {
  return z
    .string()
    .refine((text) => !text.includes("-----BEGIN"), `${name} must be a path. Write where the key's file is.`);
}

/** Whether a host name or address can only be reached from this machine: 127.0.0.0/8, ::1 or localhost. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function isWebOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return url.href === `${url.origin}/` && !/[?#]/.test(text);
}
