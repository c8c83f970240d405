import { type ApiProblem, LOST_ANSWER, parseProblem, readJson } from "#components/api/call.ts";
import type { LockNews, LockRows, LockStreamPulse } from "#lib/domain/lock-news.ts";
import type { ConnectionPorts, Fetched } from "./lock-connection.ts";

const ROWS = "/api/v1/locks/rows";
const EVENTS = "/api/v1/locks/events";

/** The browser's own requests. */
export function createBrowserPorts(): Omit<ConnectionPorts, "emit"> {
  return {
    random: Math.random,
    fetchRows: async (version, signal) => {
      try {
        const headers = { accept: "application/gzip", ...(version !== "" && { "if-none-match": `W/"${version}"` }) };
        const response = await fetch(ROWS, { headers, cache: "no-store", signal });
        if (response.status === 304) return { kind: "unchanged" };
        if (!response.ok) return failed(parseProblem(await response.json().catch(() => null), response.status));
        const unpacked = response.body?.pipeThrough(new DecompressionStream("gzip")) ?? null;
        return { kind: "rows", rows: await readJson<LockRows>(new Response(unpacked)) };
      } catch {
        return failed(LOST_ANSWER);
      }
    },
    openStream: (version, on) => {
      const source = new EventSource(`${EVENTS}?since=${encodeURIComponent(version)}`);
      const listen = (name: string, take: (data: string) => void) =>
        source.addEventListener(name, (event) => take(event instanceof MessageEvent ? String(event.data) : ""));
      listen("news", (data) => on.message({ kind: "news", news: parse<LockNews>(data) }));
      listen("resync", () => on.message({ kind: "resync" }));
      listen("alive", (data) => {
        const { asOf, problem } = parse<LockStreamPulse>(data);
        on.message({ kind: "alive", asOf, problem: problem && { ...problem, code: "unavailable", requestId: null } });
      });
      // It would connect again by itself, but with the version it began with.
      source.onerror = () => {
        source.close();
        on.lost();
      };
      return () => source.close();
    },
  };
}

function failed(problem: ApiProblem): Fetched {
  return { kind: "failed", problem };
}

/** An event of our own server, of the build this page came from. */
function parse<T>(data: string): T {
  return JSON.parse(data) as T;
}
