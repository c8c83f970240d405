import type { HalfSighting } from "#lib/domain/half.ts";
import type { PrismaClient } from "./generated/client.ts";
import { toJsonText, toNumberOrNull } from "./json-text.ts";
import type { RollCalls } from "./roll-call.ts";
import { type Contents, type LoadedSighting, loadCurrent, showSighting } from "./sighting-loader.ts";

export type SightingCache = {
  readonly listAll: () => Promise<readonly HalfSighting[]>;
  readonly listOf: (sourceId: string) => Promise<readonly HalfSighting[]>;
};

type State = RollCalls & { readonly sourceJson: string; readonly revision: bigint };
type Sightings = Promise<readonly HalfSighting[]>;
type Part = {
  readonly revision: bigint;
  readonly loaded: Promise<readonly LoadedSighting[]>;
  readonly contents: Promise<Contents>;
  /** The same with the source's roll calls so far. */
  shown: { readonly rollCalls: number; readonly sightings: Sightings } | null;
};

const NOTHING: readonly HalfSighting[] = [];
const STATE = { sourceJson: true, revision: true, rollCalls: true, lastRollCallAtMs: true } as const;

/**
 * Current sightings, read again only for a source whose revision moved, and bytes only when they are new. The revision is
 * read first, so a part may be newer than it says, never older. A roll call alone changes their numbers without a read.
 */
export function createSightingCache(prisma: PrismaClient): SightingCache {
  const parts = new Map<string, Part>();
  let all: { readonly key: string; readonly sightings: Sightings } | null = null;

  const partOf = ({ sourceJson, revision }: State): Part => {
    const known = parts.get(sourceJson);
    if (known !== undefined && known.revision >= revision) return known;
    const loading = loadAfter(prisma, sourceJson, known);
    const part: Part = {
      revision,
      loaded: loading.then(({ loaded }) => loaded),
      contents: loading.then(({ contents }) => contents),
      shown: null,
    };
    parts.set(sourceJson, part);
    part.contents.catch(() => {});
    part.loaded.catch(() => {
      if (parts.get(sourceJson) === part) parts.delete(sourceJson);
    });
    return part;
  };

  const show = (state: State): Sightings => {
    const part = partOf(state);
    if (part.shown !== null && part.shown.rollCalls >= state.rollCalls) return part.shown.sightings;
    const sightings = part.loaded.then((loaded) => loaded.map((each) => showSighting(each, state)));
    sightings.catch(() => {});
    part.shown = { rollCalls: state.rollCalls, sightings };
    return sightings;
  };

  return {
    listAll: async () => {
      const rows = await prisma.sourceState.findMany({ select: STATE, orderBy: { sourceJson: "asc" } });
      const key = JSON.stringify(rows.map((row) => [row.sourceJson, String(row.revision), row.rollCalls]));
      if (all?.key === key) return all.sightings;
      const entry = { key, sightings: Promise.all(rows.map(toState).map(show)).then((lists) => lists.flat()) };
      all = entry;
      entry.sightings.catch(() => {
        if (all === entry) all = null;
      });
      return entry.sightings;
    },
    listOf: async (sourceId) => {
      const row = await prisma.sourceState.findUnique({ where: { sourceJson: toJsonText(sourceId) }, select: STATE });
      return row === null ? NOTHING : show(toState(row));
    },
  };
}

function toState(row: Omit<State, "lastRollCallAtMs"> & { readonly lastRollCallAtMs: bigint | null }): State {
  return { ...row, lastRollCallAtMs: toNumberOrNull(row.lastRollCallAtMs) };
}

async function loadAfter(prisma: PrismaClient, sourceJson: string, known: Part | undefined) {
  const before: Contents = known === undefined ? new Map() : await known.contents.catch(() => new Map());
  return loadCurrent(prisma, sourceJson, before);
}
