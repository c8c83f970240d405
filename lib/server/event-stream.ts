const ENCODER = new TextEncoder();
/** A viewer that has so much waiting does not read. */
const WAITING_BYTES_MAX = 512 * 1024;

/** Events as they go over the wire, made once for however many viewers. */
export type EventBytes = Uint8Array<ArrayBuffer>;

/** One event of a `text/event-stream`. `data` is JSON, which has no line breaks. */
export function encodeEvent(name: string, data: string, id: string): EventBytes {
  return ENCODER.encode(`event: ${name}\nid: ${id}\ndata: ${data}\n\n`);
}

/** Tells the viewer how long to wait before it connects again. */
export function encodeRetry(retryMs: number): EventBytes {
  return ENCODER.encode(`retry: ${retryMs}\n\n`);
}

export type EventViewer = {
  readonly stream: ReadableStream<EventBytes>;
  /** False, and the end of the viewer, when it does not keep up. */
  readonly send: (event: EventBytes) => boolean;
  /** Lets what was sent arrive, and ends the stream. */
  readonly close: () => void;
};

/** A stream for one viewer. `onGone` is called once, when the viewer left. */
export function openEventViewer(onGone: () => void): EventViewer {
  let controller: ReadableStreamDefaultController<EventBytes> | null = null;
  const stream = new ReadableStream<EventBytes>(
    {
      start: (started) => {
        controller = started;
      },
      cancel: () => {
        controller = null;
        onGone();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES_MAX }),
  );
  return {
    stream,
    send: (event) => {
      if (controller === null) return false;
      if ((controller.desiredSize ?? 0) > 0) {
        controller.enqueue(event);
        return true;
      }
      // Next takes an error of this name for a viewer that left, and closes the connection.
      controller.error(new DOMException("The viewer does not keep up.", "AbortError"));
      controller = null;
      return false;
    },
    close: () => {
      controller?.close();
      controller = null;
    },
  };
}
