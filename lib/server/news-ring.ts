import type { EventBytes } from "./event-stream.ts";

const EVENTS_MAX = 400;
const BYTES_MAX = 384 * 1024;

/** The last events, for viewers that were away for a moment; as many as a bounded memory holds. */
export class NewsRing {
  readonly #events: EventBytes[] = [];
  #bytes = 0;
  #lastNumber = 0;

  /** Keeps the event with the number after the one before. */
  push(number: number, event: EventBytes): void {
    if (number !== this.#lastNumber + 1) this.clear();
    this.#lastNumber = number;
    this.#events.push(event);
    this.#bytes += event.length;
    while (this.#events.length > EVENTS_MAX || this.#bytes > BYTES_MAX) {
      this.#bytes -= this.#events.shift()?.length ?? 0;
    }
  }

  clear(): void {
    this.#events.length = 0;
    this.#bytes = 0;
  }

  /** The events after `number` up to `last`, or null when they are not all here. */
  since(number: number, last: number): readonly EventBytes[] | null {
    const missed = last - number;
    if (missed === 0) return [];
    if (missed < 0 || last !== this.#lastNumber || missed > this.#events.length) return null;
    return this.#events.slice(-missed);
  }
}
