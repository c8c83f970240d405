import { z } from "zod";
import { NO_MEMORY, type SourceMemory } from "#lib/domain/source-memory.ts";
import type { PrismaClient } from "./generated/client.ts";
import type { Transaction } from "./transaction.ts";

const MemorySchema: z.ZodType<SourceMemory> = z
  .object({
    boundaries: z.array(z.string()),
    segments: z.array(z.object({ keys: z.number(), states: z.number(), stateKeys: z.array(z.string()) })).nullable(),
  })
  .refine(({ boundaries, segments }) => segments === null || segments.length === boundaries.length + 1);

/** What was stored last; memory is worth a few requests and no more, so whatever cannot be read is none. */
export async function readSourceMemory(prisma: PrismaClient, sourceJson: string): Promise<SourceMemory> {
  const row = await prisma.scanMemory.findUnique({ where: { sourceJson } });
  return row === null ? NO_MEMORY : parseMemory(row.memoryJson);
}

function parseMemory(memoryJson: string): SourceMemory {
  try {
    return MemorySchema.parse(JSON.parse(memoryJson));
  } catch {
    return NO_MEMORY;
  }
}

/** An unchanged text is not written again: it may have a megabyte. */
export async function writeSourceMemory(
  tx: Transaction,
  sourceJson: string,
  memory: SourceMemory,
  atMs: number,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO scan_memory (source_json, memory_json, updated_at_ms)
    VALUES (${sourceJson}, ${JSON.stringify(memory)}, ${atMs}::bigint)
    ON CONFLICT (source_json) DO UPDATE SET memory_json = excluded.memory_json, updated_at_ms = excluded.updated_at_ms
    WHERE scan_memory.memory_json <> excluded.memory_json`;
}
