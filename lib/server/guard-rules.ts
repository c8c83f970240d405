/** What the request guard goes by. */
export type GuardRules =
  /** Loopback hosts alone are answered, whatever their port. */
  | { readonly kind: "loopback" }
  /** The one address that people open, as an origin. */
  | { readonly kind: "public"; readonly origin: string };

// The proxy file, route handlers and instrumentation are bundled apart; only globalThis is common to them.
const globals: typeof globalThis & { lockkeeperGuardRules?: GuardRules } = globalThis;

/** Until the configuration is known, nobody but this machine is answered. */
export function currentGuardRules(): GuardRules {
  return globals.lockkeeperGuardRules ?? { kind: "loopback" };
}

export function setGuardRules(rules: GuardRules): void {
  globals.lockkeeperGuardRules = rules;
}
