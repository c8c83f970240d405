/** Far more than the routes of any application nest. */
const DEPTH_MAX = 64;

/** Whether Next can read its `Next-Router-State-Tree`: its router sends the tree of what it shows, and the server fails on another. */
export function isRouterState(header: string): boolean {
  try {
    return isTree(JSON.parse(decodeURIComponent(header)), DEPTH_MAX);
  } catch {
    return false;
  }
}

/** As `flightRouterStateSchema` of Next says it. */
function isTree(value: unknown, depthLeft: number): boolean {
  if (!Array.isArray(value) || value.length < 2 || value.length > 6 || depthLeft === 0) return false;
  const [segment, children, url, marker, hint, last] = value;
  return (
    isSegment(segment) &&
    isChildren(children, depthLeft - 1) &&
    (isNone(url) || (isTexts(url) && url.length === 2)) &&
    (isNone(marker) || ["refetch", "inside-shared-layout", "metadata-only"].includes(marker)) &&
    (isNone(hint) || typeof hint === "number") &&
    (last === undefined || typeof last === "string")
  );
}

function isChildren(value: unknown, depthLeft: number): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((child) => isTree(child, depthLeft));
}

/** A name, or a parameter: its name, value, kind, and the names that stand beside it. */
function isSegment(value: unknown): boolean {
  if (typeof value === "string") return true;
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, text, kind, siblings] = value;
  return (
    isTexts([name, text]) &&
    /^(c|d|oc|[cd]i\(\.{1,3}\)|[cd]i\(\.\.\)\(\.\.\))$/.test(kind) &&
    (siblings === null || isTexts(siblings))
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
