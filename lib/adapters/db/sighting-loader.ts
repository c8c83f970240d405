import type { HalfSighting } from "#lib/domain/half.ts";
import type { PrismaClient } from "./generated/client.ts";
import { addRollCalls, type RollCalls } from "./roll-call.ts";
import { fromSightingRow, type SightingRow } from "./sighting-row.ts";

export type Contents = ReadonlyMap<string, Uint8Array>;

/** A sighting with its own numbers, and how many of its source's roll calls they include. */
export type LoadedSighting = { readonly sighting: HalfSighting; readonly rollCalls: number };

/** As a reader sees it. */
export function showSighting({ sighting, rollCalls }: LoadedSighting, rolls: RollCalls): HalfSighting {
  if (sighting.goneAtMs !== null || rolls.rollCalls <= rollCalls) return sighting;
  return { ...sighting, ...addRollCalls(sighting, rollCalls, rolls) };
}

/** All that is current of one source; bytes only where they are not known from before. */
export async function loadCurrent(
  prisma: PrismaClient,
  sourceJson: string,
  before: Contents,
): Promise<{ loaded: readonly LoadedSighting[]; contents: Contents }> {
  const rows = await prisma.sighting.findMany({ where: { sourceJson, goneAtMs: null }, orderBy: { id: "asc" } });
  const contents = await loadContents(prisma, rows, before);
  return { loaded: rows.map((row) => toLoaded(row, contents)), contents };
}

/** Rows with their bytes. */
export async function loadSightings(
  prisma: PrismaClient,
  rows: readonly SightingRow[],
): Promise<readonly LoadedSighting[]> {
  const contents = await loadContents(prisma, rows, new Map());
  return rows.map((row) => toLoaded(row, contents));
}

function toLoaded(row: SightingRow, contents: Contents): LoadedSighting {
  return { sighting: fromSightingRow(row, contents), rollCalls: row.rollCalls };
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
