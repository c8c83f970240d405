import type { HalfSighting } from "#lib/domain/half.ts";
import type { PrismaClient } from "./generated/client.ts";
import { toJsonText } from "./json-text.ts";
import { fromSightingRow, type SightingRow } from "./sighting-row.ts";

export type SightingCache = {
  readonly listAll: () => Promise<readonly HalfSighting[]>;
  readonly listOf: (sourceId: string) => Promise<readonly HalfSighting[]>;
};

type Contents = ReadonlyMap<string, Uint8Array>;
type Part = {
  readonly revision: bigint;
  readonly sightings: Promise<readonly HalfSighting[]>;
  readonly contents: Promise<Contents>;
};

const NOTHING: readonly HalfSighting[] = [];

/**
 * Current sightings, read again only for a source whose revision moved, and bytes only when they are new. The revision is
 * read first, so a part may be newer than it says, never older.
 */
export function createSightingCache(prisma: PrismaClient): SightingCache {
  const parts = new Map<string, Part>();
  let all: { readonly key: string; readonly sightings: Promise<readonly HalfSighting[]> } | null = null;

  const partOf = (sourceJson: string, revision: bigint): Part => {
    const known = parts.get(sourceJson);
    if (known !== undefined && known.revision >= revision) return known;
    const loading = loadPart(prisma, sourceJson, known);
    const part = {
      revision,
      sightings: loading.then(({ sightings }) => sightings),
      contents: loading.then(({ contents }) => contents),
    };
    parts.set(sourceJson, part);
    part.contents.catch(() => {});
    part.sightings.catch(() => {
      if (parts.get(sourceJson) === part) parts.delete(sourceJson);
    });
    return part;
  };

  return {
    listAll: async () => {
      const select = { sourceJson: true, revision: true };
      const states = await prisma.sourceState.findMany({ select, orderBy: { sourceJson: "asc" } });
      const key = JSON.stringify(states.map((state) => [state.sourceJson, String(state.revision)]));
      if (all?.key === key) return all.sightings;
      const current = states.map((state) => partOf(state.sourceJson, state.revision).sightings);
      const entry = { key, sightings: Promise.all(current).then((lists) => lists.flat()) };
      all = entry;
      entry.sightings.catch(() => {
        if (all === entry) all = null;
      });
      return entry.sightings;
    },
    listOf: async (sourceId) => {
      const sourceJson = toJsonText(sourceId);
      const state = await prisma.sourceState.findUnique({ where: { sourceJson }, select: { revision: true } });
      return state === null ? NOTHING : partOf(sourceJson, state.revision).sightings;
    },
  };
}

async function loadPart(prisma: PrismaClient, sourceJson: string, known: Part | undefined) {
  const before: Contents = known === undefined ? new Map() : await known.contents.catch(() => new Map());
  const rows = await prisma.sighting.findMany({ where: { sourceJson, goneAtMs: null }, orderBy: { id: "asc" } });
  const contents = await loadContents(prisma, rows, before);
  return { sightings: rows.map((row) => fromSightingRow(row, contents)), contents };
}

/** Rows with their bytes. */
export async function loadSightings(
  prisma: PrismaClient,
  rows: readonly SightingRow[],
  before: Contents,
): Promise<readonly HalfSighting[]> {
  const contents = await loadContents(prisma, rows, before);
  return rows.map((row) => fromSightingRow(row, contents));
}

async function loadContents(prisma: PrismaClient, rows: readonly SightingRow[], before: Contents): Promise<Contents> {
  const wanted = new Set(rows.flatMap((row) => row.contentSha256 ?? []));
  const contents = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const sha256 of wanted) {
    const bytes = before.get(sha256);
    if (bytes === undefined) missing.push(sha256);
    else contents.set(sha256, bytes);
  }
  for (let from = 0; from < missing.length; from += 500) {
    // As base64, because the embedded database's adapter parses bytea digit by digit.
    const found = await prisma.$queryRaw<{ sha256: string; base64: string }[]>`
      SELECT sha256, encode(bytes, 'base64') AS base64 FROM half_content
      WHERE sha256 IN (SELECT json_array_elements_text(${JSON.stringify(missing.slice(from, from + 500))}::text::json))`;
    for (const { sha256, base64 } of found) contents.set(sha256, new Uint8Array(Buffer.from(base64, "base64")));
  }
  return contents;
}
