import { connect, createServer, type Socket } from "node:net";

/** A wire that can break in every way a wire can; the port stays the same. */
export type TcpProxy = {
  readonly port: number;
  /** Connections from its clients that are open now. */
  readonly openConnections: () => number;
  readonly pass: () => Promise<void>;
  /** Breaks what is open and refuses what comes. */
  readonly refuse: () => Promise<void>;
  /** Takes what comes and never says a word; what is open falls silent. */
  readonly hang: () => void;
  /** Breaks what is open; what comes is served. */
  readonly cut: () => void;
  /** Answers whatever comes with these bytes. */
  readonly answer: (bytes: string) => void;
  /**
   * Lets the next data with this text in it, after `skip` of them, arrive, and breaks that connection instead of bringing an
   * answer back; `lost: "request"` breaks it before it arrives. Resolves when it happened.
   */
  readonly breakAt: (text: string, options?: { skip?: number; lost?: "request" | "answer" }) => Promise<void>;
  /** Keeps the next data with this text in it, and what its client sends after it, until it is released. */
  readonly holdAt: (text: string) => { readonly held: Promise<void>; readonly release: () => void };
  readonly close: () => Promise<void>;
};

type Hold = { readonly text: string; readonly done: () => void; readonly released: Promise<void> };
type Break = { readonly text: string; skip: number; readonly lost: "request" | "answer"; readonly done: () => void };
type Mode = { kind: "pass" } | { kind: "hang" } | { kind: "answer"; bytes: string };

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const clients = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let mode: Mode = { kind: "pass" };
  let planned: Break | null = null;
  let hold: Hold | null = null;

  const takeBreak = (data: Buffer): Break | null => {
    if (planned === null || !data.includes(planned.text)) return null;
    planned.skip -= 1;
    if (planned.skip >= 0) return null;
    const due = planned;
    planned = null;
    return due;
  };
  const server = createServer((client) => {
    clients.add(client);
    client.on("error", () => undefined);
    client.on("close", () => clients.delete(client));
    if (mode.kind === "hang") {
      // Read all the same, or it would not be noticed that the client gave up.
      client.resume();
      return;
    }
    if (mode.kind === "answer") {
      const { bytes } = mode;
      client.once("data", () => client.end(bytes));
      return;
    }
    const upstream = connect(target);
    upstreams.add(upstream);
    upstream.on("error", () => undefined);
    upstream.on("close", () => {
      upstreams.delete(upstream);
      client.destroy();
    });
    client.on("close", () => upstream.destroy());
    let isAnswerLost = false;
    const breakOff = (due: Break) => {
      client.destroy();
      due.done();
    };
    client.on("data", (data) => {
      if (mode.kind === "hang") return;
      if (hold !== null && data.includes(hold.text)) {
        const { done, released } = hold;
        hold = null;
        client.pause();
        void released.then(() => {
          upstream.write(data);
          client.resume();
        });
        return done();
      }
      const due = takeBreak(data);
      if (due?.lost === "request") return breakOff(due);
      if (due !== null) {
        isAnswerLost = true;
        upstream.once("data", () => breakOff(due));
      }
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (mode.kind !== "hang" && !isAnswerLost) client.write(data);
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const { port } = address;

  const cut = () => {
    for (const socket of [...clients, ...upstreams]) socket.destroy();
  };
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    cut();
    await closed;
  };
  return {
    port,
    openConnections: () => clients.size,
    async pass() {
      mode = { kind: "pass" };
      hold = null;
      if (!server.listening) await listen(port);
    },
    refuse: stop,
    hang: () => {
      mode = { kind: "hang" };
    },
    cut,
    answer: (bytes) => {
      mode = { kind: "answer", bytes };
    },
    breakAt: (text, { skip = 0, lost = "answer" } = {}) =>
      new Promise((done) => {
        planned = { text, skip, lost, done };
      }),
    holdAt: (text) => {
      const held = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      hold = { text, done: held.resolve, released: released.promise };
      return { held: held.promise, release: released.resolve };
    },
    close: async () => {
      if (server.listening) await stop();
    },
  };
}

/** A proxy in front of what a URL names, and the URL that leads through it. */
export async function startProxyTo(url: string): Promise<{ proxy: TcpProxy; url: string }> {
  const through = new URL(url);
  const proxy = await startTcpProxy({ host: through.hostname, port: Number(through.port) });
  through.port = String(proxy.port);
  return { proxy, url: through.href.replace(/\/$/, "") };
}
