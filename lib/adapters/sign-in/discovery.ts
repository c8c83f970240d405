import { z } from "zod";

/** What a provider says about itself, as far as we need it. */
export type Discovery = z.infer<typeof Document>;

const BYTES_MAX = 256 * 1024;
const PATH = "/.well-known/openid-configuration";

const Document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  end_session_endpoint: z.url().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
});

export function discoveryUrlOf(issuer: string): string {
  return `${withoutSlash(issuer)}${PATH}`;
}

/** Reads what a provider says about itself, or throws an error whose message says what is wrong. */
export async function discover(issuer: string, timeoutMs: number): Promise<Discovery> {
  const response = await fetch(discoveryUrlOf(issuer), {
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the provider answered ${response.status} to ${discoveryUrlOf(issuer)}`);
  const parsed = Document.safeParse(await readJson(response));
  if (!parsed.success) throw new Error("the provider's discovery document lacks what sign-in needs");
  if (withoutSlash(parsed.data.issuer) !== withoutSlash(issuer)) {
    throw new Error("the provider calls itself by another issuer than access.oidc.issuer");
  }
  return parsed.data;
}

/** The JSON of an answer that is not too long. */
export async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > BYTES_MAX) throw new Error("the provider's answer is too long");
    chunks.push(chunk);
  }
  return JSON.parse(new TextDecoder().decode(Buffer.concat(chunks)));
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}
