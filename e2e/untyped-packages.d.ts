// What the tests use of packages that bring no types.

declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Details = {
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
  };

  // biome-ignore lint/style/noDefaultExport: so the package has it.
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: new (of: {
      accountId: string;
      clientId: string;
    }) => {
      addOIDCScope(scope: string): void;
      save(): Promise<string>;
    };
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Details>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: unknown): Promise<void>;
  }
}

declare module "autocannon" {
  type Result = {
    readonly requests: { readonly total: number };
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
    readonly errors: number;
  };

  // biome-ignore lint/style/noDefaultExport: so the package has it.
  export default function autocannon(options: {
    url: string;
    connections: number;
    duration: number;
    overallRate?: number;
    method?: string;
    headers?: Readonly<Record<string, string>>;
    body?: string;
  }): Promise<Result>;
}
