/** One question to a policy: may this action be done to this resource, given these condition keys? */
export type AccessRequest = { action: string; resource: string; context: Record<string, string[]> };

type Statement = {
  effect: "Allow" | "Deny";
  actions: string[];
  notActions: string[];
  resources: string[];
  notResources: string[];
  conditions: Condition[];
};
type Condition = { operator: string; key: string; values: string[] };
export type Policy = readonly Statement[];

/** Parses an IAM policy document; null when AWS would call it malformed. */
export function parsePolicy(text: string): Policy | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(document)) return null;
  const statements = document["Statement"];
  const list = Array.isArray(statements) ? statements : [statements];
  const policy: Statement[] = [];
  for (const statement of list) {
    if (!isRecord(statement)) return null;
    const effect = statement["Effect"];
    if (effect !== "Allow" && effect !== "Deny") return null;
    const parsed: Statement = {
      effect,
      actions: strings(statement["Action"]),
      notActions: strings(statement["NotAction"]),
      resources: strings(statement["Resource"]),
      notResources: strings(statement["NotResource"]),
      conditions: parseConditions(statement["Condition"]),
    };
    if (parsed.actions.length + parsed.notActions.length === 0) return null;
    if (parsed.resources.length + parsed.notResources.length === 0) return null;
    policy.push(parsed);
  }
  return policy;
}

/** Evaluates a policy as IAM does: an explicit deny wins, and nothing is allowed unless a statement says so. */
export function isAllowedBy(policy: Policy, request: AccessRequest): boolean {
  const applying = policy.filter((statement) => applies(statement, request));
  if (applying.some((statement) => statement.effect === "Deny")) return false;
  return applying.some((statement) => statement.effect === "Allow");
}

/** Matches IAM wildcards: `*` for any run of characters and `?` for one; `${*}`, `${?}` and `${$}` stand for themselves. */
export function matchesWildcard(pattern: string, text: string, isCaseSensitive = true): boolean {
  const source = pattern.replace(/\$\{([*?$])\}|[.+^${}()|[\]\\*?]/g, (found, literal: string | undefined) => {
    if (found === "*") return ".*";
    return found === "?" ? "." : `\\${literal ?? found}`;
  });
  return new RegExp(`^${source}$`, isCaseSensitive ? "su" : "isu").test(text);
}

function applies(statement: Statement, request: AccessRequest): boolean {
  const matchesAction = (pattern: string) => matchesWildcard(pattern, request.action, false);
  const matchesResource = (pattern: string) => matchesWildcard(pattern, request.resource);
  if (statement.actions.length > 0 && !statement.actions.some(matchesAction)) return false;
  if (statement.notActions.some(matchesAction)) return false;
  if (statement.resources.length > 0 && !statement.resources.some(matchesResource)) return false;
  if (statement.notResources.some(matchesResource)) return false;
  return statement.conditions.every((condition) => holds(condition, request.context));
}

function holds(condition: Condition, context: Record<string, string[]>): boolean {
  const [set, bare] = condition.operator.includes(":") ? condition.operator.split(":") : [null, condition.operator];
  const isOptional = bare?.endsWith("IfExists") ?? false;
  const operator = isOptional ? bare?.slice(0, -"IfExists".length) : bare;
  const name = Object.keys(context).find((key) => key.toLowerCase() === condition.key.toLowerCase());
  const actual = name === undefined ? undefined : context[name];
  if (operator === "Null") return condition.values.includes(String(actual === undefined));
  if (actual === undefined) return isOptional || set === "ForAllValues" || (operator?.includes("Not") ?? false);
  const isMatch = (value: string) => matchesOperator(operator ?? "", condition.values, value);
  return set === "ForAllValues" ? actual.every(isMatch) : actual.some(isMatch);
}

function matchesOperator(operator: string, expected: string[], value: string): boolean {
  switch (operator) {
    case "StringEquals":
    case "ArnEquals":
      return expected.includes(value);
    case "StringNotEquals":
      return !expected.includes(value);
    case "StringEqualsIgnoreCase":
    case "Bool":
      return expected.some((item) => item.toLowerCase() === value.toLowerCase());
    case "StringLike":
    case "ArnLike":
      return expected.some((pattern) => matchesWildcard(pattern, value));
    case "StringNotLike":
      return !expected.some((pattern) => matchesWildcard(pattern, value));
    default:
      return false;
  }
}

function parseConditions(value: unknown): Condition[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isRecord(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: strings(values) })) : [],
  );
}

function strings(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
