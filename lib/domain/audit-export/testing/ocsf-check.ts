import { isRecord, type JsonRecord } from "#lib/domain/audit-export/json-pick.ts";

// Taken by hand from OCSF 1.3.0: base event, class API Activity, profile Cloud, and the objects that we fill. Each attribute that
// is required or that we send, with the type it must have and the values of its enumeration.

type Rule = {
  readonly isRequired?: boolean;
  readonly type: "text" | "integer" | "object" | "objects" | "texts" | "any";
  readonly values?: readonly number[];
  readonly object?: Shape;
};
type Shape = {
  readonly attributes: Readonly<Record<string, Rule>>;
  readonly atLeastOne?: readonly string[];
};

const text: Rule = { type: "text" };
const requiredText: Rule = { type: "text", isRequired: true };
const integer: Rule = { type: "integer" };

const entity = { name: text, uid: text };
const service: Shape = { attributes: { ...entity, version: text }, atLeastOne: ["name", "uid"] };
const product: Shape = {
  attributes: { ...entity, vendor_name: requiredText, version: text },
  atLeastOne: ["name", "uid"],
};
const metadata: Shape = {
  attributes: {
    version: requiredText,
    product: { type: "object", isRequired: true, object: product },
    uid: text,
    sequence: integer,
    event_code: text,
    log_name: text,
    log_provider: text,
    correlation_uid: text,
    original_time: text,
    profiles: { type: "texts" },
  },
};
const user: Shape = {
  attributes: { ...entity, type: text, type_id: { type: "integer", values: [0, 1, 2, 3, 99] } },
  atLeastOne: ["account", "name", "uid"],
};
const actor: Shape = {
  attributes: { app_name: text, user: { type: "object", object: user } },
  atLeastOne: ["process", "user", "invoked_by", "session", "app_name", "app_uid"],
};
const request: Shape = { attributes: { uid: requiredText } };
const response: Shape = { attributes: { code: integer, error: text, error_message: text, message: text } };
const api: Shape = {
  attributes: {
    operation: requiredText,
    service: { type: "object", object: service },
    request: { type: "object", object: request },
    response: { type: "object", object: response },
  },
};
const endpoint: Shape = {
  attributes: { ...entity, svc_name: text },
  atLeastOne: ["ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "interface_name"],
};
const resource: Shape = { attributes: { ...entity, type: text }, atLeastOne: ["name", "uid"] };
const account: Shape = {
  attributes: { ...entity, type: text, type_id: { type: "integer", values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99] } },
  atLeastOne: ["name", "uid"],
};
const cloud: Shape = {
  attributes: { provider: requiredText, account: { type: "object", object: account }, region: text },
};

const apiActivity: Shape = {
  attributes: {
    category_uid: { type: "integer", isRequired: true, values: [6] },
    category_name: text,
    class_uid: { type: "integer", isRequired: true, values: [6003] },
    class_name: text,
    activity_id: { type: "integer", isRequired: true, values: [0, 1, 2, 3, 4, 99] },
    activity_name: text,
    type_uid: { type: "integer", isRequired: true },
    type_name: text,
    time: { type: "integer", isRequired: true },
    severity_id: { type: "integer", isRequired: true, values: [0, 1, 2, 3, 4, 5, 6, 99] },
    severity: text,
    status_id: { type: "integer", values: [0, 1, 2, 99] },
    status: text,
    status_code: text,
    status_detail: text,
    message: text,
    metadata: { type: "object", isRequired: true, object: metadata },
    actor: { type: "object", isRequired: true, object: actor },
    api: { type: "object", isRequired: true, object: api },
    src_endpoint: { type: "object", isRequired: true, object: endpoint },
    resources: { type: "objects", object: resource },
    cloud: { type: "object", object: cloud },
    unmapped: { type: "any" },
  },
};

/** What is wrong with an event as an API Activity of OCSF 1.3.0; nothing when all is well. */
export function checkApiActivity(event: unknown): readonly string[] {
  if (!isRecord(event)) return ["It is no object."];
  const problems = [...checkShape(event, apiActivity, "")];
  if (event["type_uid"] !== 600_300 + Number(event["activity_id"])) problems.push(`type_uid is ${event["type_uid"]}`);
  const meta = event["metadata"];
  const profiles = isRecord(meta) ? meta["profiles"] : undefined;
  const isCloud = Array.isArray(profiles) && profiles.includes("cloud");
  if (isCloud && event["cloud"] === undefined) problems.push("cloud is required by the profile");
  if (!isCloud && event["cloud"] !== undefined) problems.push("cloud without its profile");
  if (event["activity_id"] === 99 && !event["activity_name"]) problems.push("activity_name must say which other");
  if (event["status_id"] === 99 && !event["status"]) problems.push("status must say which other");
  return problems;
}

function checkShape(record: JsonRecord, shape: Shape, path: string): readonly string[] {
  const foreign = Object.keys(record).filter(
    (name) => record[name] !== undefined && !Object.hasOwn(shape.attributes, name),
  );
  const one = shape.atLeastOne ?? [];
  const hasOne = one.length === 0 || one.some((name) => record[name] !== undefined && record[name] !== "");
  return [
    ...foreign.map((name) => `${path}${name} is no attribute of the class`),
    ...(hasOne ? [] : [`${path} needs one of ${one.join(", ")}`]),
    ...Object.entries(shape.attributes).flatMap(([name, rule]) => checkAttribute(record[name], rule, `${path}${name}`)),
  ];
}

function checkAttribute(value: unknown, rule: Rule, path: string): readonly string[] {
  if (value === undefined) return rule.isRequired === true ? [`${path} is required`] : [];
  if (!hasType(value, rule.type)) return [`${path} is no ${rule.type}`];
  if (rule.isRequired === true && value === "") return [`${path} is empty`];
  if (rule.values !== undefined && !rule.values.includes(Number(value))) return [`${path} is ${String(value)}`];
  const { object } = rule;
  if (object === undefined) return [];
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return parts.filter(isRecord).flatMap((part) => checkShape(part, object, `${path}.`));
}

function hasType(value: unknown, type: Rule["type"]): boolean {
  switch (type) {
    case "text":
      return typeof value === "string";
    case "integer":
      return Number.isSafeInteger(value);
    case "object":
      return isRecord(value);
    case "objects":
      return Array.isArray(value) && value.every(isRecord);
    case "texts":
      return Array.isArray(value) && value.every((part) => typeof part === "string");
    case "any":
      return true;
  }
}
