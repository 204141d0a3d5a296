import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { buildConnector } from "undici";

/**
 * Tells errors of requests that were written to a connection which had served others, and of whose answer no byte came:
 * the other side had closed it while it was idle. That says nothing of its health (RFC 9112, section 9.5: such a request
 * may be repeated at once when it only reads).
 */
type IdleLosses = {
  /** The same connector; what is lost on its connections is told. */
  readonly watching: (connect: buildConnector.connector) => buildConnector.connector;
  readonly has: (error: unknown) => boolean;
  readonly close: () => void;
};

/** Tells when a request is written, and on which connection (https://undici.nodejs.org, Diagnostics Channel Support). */
const WRITTEN = "undici:client:sendHeaders";

/** Watches connections of undici until it is closed. */
export function createIdleLosses(): IdleLosses {
  /** Bytes that had come on a connection when its last request was written. */
  const before = new WeakMap<Socket, number>();
  const lost = new WeakSet<object>();

  function onWritten(message: unknown): void {
    const { socket } = message as { readonly socket: Socket };
    if (before.has(socket)) before.set(socket, socket.bytesRead);
  }

  function watch(socket: Socket): void {
    before.set(socket, 0);
    socket.prependListener("error", (error: Error) => {
      const known = before.get(socket) ?? 0;
      if (known > 0 && socket.bytesRead === known) lost.add(error);
    });
  }

  subscribe(WRITTEN, onWritten);
  return {
    watching: (connect) => (options, callback) =>
      connect(options, (...result) => {
        const [error, socket] = result;
        if (error === null) watch(socket as Socket);
        callback(...result);
      }),
    has: (error) => typeof error === "object" && error !== null && lost.has(error),
    close: () => void unsubscribe(WRITTEN, onWritten),
  };
}
