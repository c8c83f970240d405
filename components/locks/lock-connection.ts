import type { ApiProblem } from "#components/api/call.ts";
import { isNextVersion, type LockNews, type LockRows, PULSE_EVERY_MS } from "#lib/domain/lock-news.ts";

export type ConnectionEvent =
  | { readonly kind: "fetched"; readonly rows: LockRows }
  | { readonly kind: "told"; readonly news: readonly LockNews[] }
  | { readonly kind: "unchanged"; readonly asOf: string | null }
  | { readonly kind: "failed"; readonly problem: ApiProblem };

/** What a request for the rows may bring. */
export type Fetched =
  | { readonly kind: "rows"; readonly rows: LockRows }
  | { readonly kind: "unchanged" }
  | { readonly kind: "failed"; readonly problem: ApiProblem };

export type StreamMessage =
  | { readonly kind: "news"; readonly news: LockNews }
  | { readonly kind: "alive"; readonly asOf: string; readonly problem: ApiProblem | null }
  | { readonly kind: "resync" };

/** The world of a connection: two requests and the clock's timers. */
export type ConnectionPorts = {
  /** Asks for the rows, unless they are still those of this version; never throws. */
  readonly fetchRows: (version: string, signal: AbortSignal) => Promise<Fetched>;
  /** Opens the stream after a version; returns its end. `onLost` is called when it broke. */
  readonly openStream: (
    version: string,
    on: { readonly message: (message: StreamMessage) => void; readonly lost: () => void },
  ) => () => void;
  readonly emit: (event: ConnectionEvent) => void;
  readonly random: () => number;
};

/** The stream must say something soon, or something in between keeps it back. */
const FIRST_WORD_MS_MAX = 8000;
const SILENT_MS_MAX = 2.5 * PULSE_EVERY_MS;
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 15_000;
/** From so many streams without a word on, the rows are asked for again and again instead. */
const MUTE_STREAMS_MAX = 2;
const POLL_EVERY_MS = 5000;
const TRY_STREAM_AGAIN_MS = 300_000;
const GATHER_MS = 250;

/**
 * Keeps a list of locks fresh: fetches all rows, then takes news from a stream that goes on from their version. Whatever goes
 * wrong (a gap, a lost connection, a proxy that holds events back) ends in fetching the rows again.
 */
export class LockConnection {
  readonly #ports: ConnectionPorts;
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gatherTimer: ReturnType<typeof setTimeout> | undefined;
  #closeStream: (() => void) | null = null;
  #version = "";
  #news: LockNews[] = [];
  #failures = 0;
  #muteStreams = 0;
  #streamBlockedUntilMs = 0;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
  }

  get isOpen(): boolean {
    return this.#closeStream !== null;
  }

  /** Fetches the rows and follows them; also while it follows already. */
  start(): void {
    this.stop();
    this.#abort = new AbortController();
    void this.#fetch(this.#abort.signal);
  }

  /** Ends everything; what was gathered is given out. */
  stop(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#endStream();
    this.#giveOut();
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    const fetched = await this.#ports.fetchRows(this.#version, signal);
    if (signal.aborted) return;
    if (fetched.kind === "failed") {
      this.#ports.emit(fetched);
      this.#again(this.#backOff());
      return;
    }
    if (fetched.kind === "rows") {
      this.#version = fetched.rows.version;
      this.#ports.emit({ kind: "fetched", rows: fetched.rows });
    } else this.#ports.emit({ kind: "unchanged", asOf: null });
    if (Date.now() >= this.#streamBlockedUntilMs) this.#follow();
    else this.#again(POLL_EVERY_MS);
  }

  #follow(): void {
    this.#wait(FIRST_WORD_MS_MAX, () => this.#noWord());
    this.#closeStream = this.#ports.openStream(this.#version, {
      message: (message) => this.#take(message),
      lost: () => this.#lost(),
    });
  }

  #take(message: StreamMessage): void {
    this.#failures = 0;
    this.#muteStreams = 0;
    this.#wait(SILENT_MS_MAX, () => this.#lost());
    if (message.kind === "news" && isNextVersion(this.#version, message.news.version)) this.#gather(message.news);
    else if (message.kind !== "alive") this.start();
    else if (message.problem !== null) this.#ports.emit({ kind: "failed", problem: message.problem });
    else {
      this.#giveOut();
      this.#ports.emit({ kind: "unchanged", asOf: message.asOf });
    }
  }

  #gather(news: LockNews): void {
    this.#version = news.version;
    this.#news.push(news);
    this.#gatherTimer ??= setTimeout(() => this.#giveOut(), GATHER_MS);
  }

  #giveOut(): void {
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    const news = this.#news;
    this.#news = [];
    if (news.length > 0) this.#ports.emit({ kind: "told", news });
  }

  /** Connected, or trying to, without a word: when that happens again, this is no place for streams. */
  #noWord(): void {
    this.#muteStreams += 1;
    if (this.#muteStreams >= MUTE_STREAMS_MAX) this.#streamBlockedUntilMs = Date.now() + TRY_STREAM_AGAIN_MS;
    this.start();
  }

  #lost(): void {
    this.#endStream();
    this.#giveOut();
    this.#again(this.#backOff());
  }

  #endStream(): void {
    this.#closeStream?.();
    this.#closeStream = null;
  }

  /** Longer each time, and not for all viewers of a server that was replaced at once. */
  #backOff(): number {
    const longestMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.#failures);
    this.#failures += 1;
    return longestMs * (0.5 + this.#ports.random() / 2);
  }

  #again(afterMs: number): void {
    this.#wait(afterMs, () => this.start());
  }

  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}
