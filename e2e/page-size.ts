import { get, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { takeLock } from "./locks.ts";
import type { World } from "./world.ts";

export const MANY = 10_000;

/** Fills the bucket of the world with locks as a large organisation has them, and sweeps it. */
export async function takeManyLocks(world: World, count: number = MANY): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const stateKey = `team-${index % 97}/service-${index}/terraform.tfstate`;
    await takeLock(world, { stateKey, who: `runner@gha-${index}`, ageMs: (index % 5_000) * 60_000 });
  }
  await world.api.scan();
}

export type PageSize = { readonly htmlBytes: number; readonly scriptBytes: number };

/** What a browser receives before the page is alive, compressed: its HTML, and every script the HTML names. */
export async function weighPage(url: string): Promise<PageSize> {
  const html = await receive(url);
  const text = gunzipSync(html).toString();
  const tags = text.match(/<(script|link)\b[^>]*>/g)?.filter((tag) => !/nomodule/i.test(tag)) ?? [];
  const paths = new Set(tags.flatMap((tag) => /(?:src|href)="(\/_next\/static\/[^"]+\.js)[^"]*"/.exec(tag)?.[1] ?? []));
  if (paths.size === 0) throw new Error("The page names no script.");
  const scripts = await Promise.all([...paths].map((path) => receive(new URL(path, url).href)));
  return { htmlBytes: html.length, scriptBytes: scripts.reduce((sum, { length }) => sum + length, 0) };
}

/** The bytes as they come over the wire; `fetch` would unpack them. */
function receive(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": "gzip", accept: "*/*" } }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`${url}: ${response.statusCode}`));
      });
    }).on("error", reject);
  });
}
