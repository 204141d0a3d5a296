import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * A connection of which no more is read than is allowed at that moment: nodemailer keeps whatever complete replies come,
 * and goes through a hundred thousand blank ones for minutes, even when the connection is gone. Under TLS, what is
 * counted is what was sent, not what it says. Has of a socket what nodemailer and `tls.connect` use.
 */
export class Line extends Duplex {
  readonly #socket: Socket;
  readonly #most: number;
  #left: number;

  /** `most`: bytes that may be said after each `allowMore`. */
  constructor(socket: Socket, most: number) {
    super();
    this.#socket = socket;
    this.#most = most;
    this.#left = most;
    socket.on("data", (said: Buffer) => this.#take(said));
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
    socket.on("timeout", () => this.emit("timeout"));
    this.on("error", () => undefined); // heard by whoever reads it, as soon as somebody does
  }

  /** Another letter begins: as much may be said again. */
  allowMore(): void {
    this.#left = this.#most;
  }

  /** A socket's idle limit in milliseconds; 0: none. */
  setTimeout(milliseconds: number): this {
    this.#socket.setTimeout(milliseconds);
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #take(said: Buffer): void {
    if (this.destroyed) return;
    this.#left -= said.length;
    if (this.#left < 0) this.destroy(new Error("the mail server says more than any reply takes"));
    else if (!this.push(said)) this.#socket.pause();
  }
}
