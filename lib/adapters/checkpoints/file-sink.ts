import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseNote } from "#lib/domain/signed-note.ts";
import type { CheckpointSink } from "#lib/services/ports/trail.ts";

/** Many times the length of a checkpoint. */
const TAIL_BYTES = 16 * 1024;
const ED25519_BYTES = 64;

/**
 * A file in the data folder to which each checkpoint is added; it is forced to the disk, and never shortened. Each database has a
 * file of its own: the trail of another one would contradict it. `databaseUrl` is null for the embedded database.
 */
export function createFileSink(dataDir: string, databaseUrl: string | null): CheckpointSink {
  const name = nameFile(databaseUrl);
  const path = join(/* turbopackIgnore: true */ dataDir, name);
  return {
    name,
    async write({ note }) {
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      const file = await open(/* turbopackIgnore: true */ path, "a+", 0o600);
      try {
        const tail = await readTail(file);
        if (readNotes(tail).at(-1)?.text === note) return;
        await file.appendFile(`${parting(tail)}${note}`);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(path);
    },
    async readLatest() {
      const file = await open(/* turbopackIgnore: true */ path, "r").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      if (file === null) return null;
      try {
        // By size: an older note that somebody adds again must not pass for the newest.
        const notes = readNotes(await readTail(file)).toSorted((left, right) => left.size - right.size);
        return notes.at(-1)?.text ?? null;
      } finally {
        await file.close();
      }
    },
  };
}

/** An empty line between notes, also after one that was cut off by a crash. */
function parting(tail: string): string {
  if (tail === "") return "";
  return tail.endsWith("\n") ? "\n" : "\n\n";
}

async function readTail(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const start = Math.max(0, size - TAIL_BYTES);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
  const text = buffer.subarray(0, bytesRead).toString("utf8");
  // The first piece of a part may be cut off, and must not pass for a whole one.
  return start === 0 ? text : text.slice(text.indexOf("\n\n") + 2);
}

/** The whole notes of a text, in order. A note is two pieces: what is signed, and the signatures. */
function readNotes(tail: string): readonly { readonly text: string; readonly size: number }[] {
  const pieces = tail.split("\n\n").map((piece) => piece.replace(/^\n+|\n+$/g, ""));
  return pieces.slice(1).flatMap((signatures, index) => {
    const text = `${pieces[index]}\n\n${signatures}\n`;
    const note = parseNote(text);
    const isWhole =
      note.verdict === "parsed" && note.signatures.every(({ signature }) => signature.length === ED25519_BYTES);
    return isWhole ? [{ text, size: note.size }] : [];
  });
}

/** A file that was just made is only safe once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(/* turbopackIgnore: true */ dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function nameFile(databaseUrl: string | null): string {
  if (databaseUrl === null) return "audit-checkpoints.txt";
  const { hostname, port, pathname } = new URL(databaseUrl);
  const place = createHash("sha256")
    .update(`${hostname}:${port || "5432"}${pathname}`)
    .digest("hex");
  return `audit-checkpoints-${place.slice(0, 8)}.txt`;
}
