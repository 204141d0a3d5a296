import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { Line } from "../../../src/lib/mail/line.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A line that takes a hundred bytes at a time, and the server's end of it. */
async function aLine(): Promise<{ line: Line; server: Socket }> {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const socket = connect((listener.address() as AddressInfo).port, "127.0.0.1");
  const [server] = (await once(listener, "connection")) as [Socket];
  server.on("error", () => undefined);
  stops.push(
    () => listener.close(),
    () => server.destroy(),
    () => socket.destroy(),
  );
  return { line: new Line(socket, 100), server };
}

it("carries both ways, to the end", async () => {
  const { line, server } = await aLine();
  line.end("EHLO\r\n");
  expect(String((await once(server, "data"))[0])).toBe("EHLO\r\n");
  server.end("250 fine\r\n");
  expect(String(Buffer.concat(await line.toArray()))).toBe("250 fine\r\n");
});

it("ends when more is said than may be, and hands over none of that", async () => {
  const { line, server } = await aLine();
  const heard: Buffer[] = [];
  line.on("data", (chunk: Buffer) => heard.push(chunk));
  server.write("x".repeat(100));
  await expect.poll(() => Buffer.concat(heard).length).toBe(100);
  server.write("y");
  const [error] = (await once(line, "error")) as [Error];
  expect(error.message).toBe("the mail server says more than any reply takes");
  expect(String(Buffer.concat(heard))).not.toContain("y");
  await once(server, "close");
});

it("may be told as much again for another letter", async () => {
  const { line, server } = await aLine();
  const heard: Buffer[] = [];
  line.on("data", (chunk: Buffer) => heard.push(chunk));
  for (const letter of [1, 2, 3]) {
    server.write("x".repeat(90));
    await expect.poll(() => Buffer.concat(heard).length).toBe(letter * 90);
    line.allowMore();
  }
  expect(line.destroyed).toBe(false);
});

it("says when nothing was said for as long as it was told", async () => {
  const { line } = await aLine();
  line.setTimeout(10);
  await once(line, "timeout");
});
