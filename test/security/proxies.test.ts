import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { createFetcher } from "../../src/lib/fetcher.ts";
import { bypassesProxy } from "../../src/lib/http/proxy.ts";
import { createSmtp } from "../../src/lib/mail/smtp.ts";
import { aLetter } from "../support/letter.ts";
import { pour, type RawScript, startRaw } from "../upstreams/raw.ts";

/** A company's proxy, or whoever stands in for it, answers CONNECT as it likes. */
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const OURS = { proxy: "hunter2-of-the-proxy", origin: "token-of-the-origin", mail: "password-of-the-mail" };
const message = aLetter();

/** Milliseconds for what never comes; a proxy is connected to within them on any machine. */
const PATIENCE = 1_500;

/** What becomes of a page and of a letter behind a proxy that answers so, and what the proxy heard. */
async function behind(act: (socket: Parameters<RawScript["answer"]>[0]) => void) {
  const server = await startRaw({ answer: act });
  stops.push(server.close);
  const proxy = `http://user:${OURS.proxy}@127.0.0.1:${server.port}`;
  const patience = { connectTimeout: PATIENCE, headersTimeout: PATIENCE, bodyTimeout: PATIENCE };
  const fetcher = createFetcher({ userAgent: "test", allowPrivate: [], proxy, retries: 0, ...patience });
  stops.push(fetcher.close);
  const headers = { authorization: `Bearer ${OURS.origin}` };
  const page = await fetcher.fetch({ url: "https://tool.example.org/page", headers });
  const smtp = await createSmtp(`smtp://robot:${OURS.mail}@mail.example.org:587`, { proxy }, PATIENCE);
  if (isFailure(smtp)) throw smtp;
  stops.push(smtp.close);
  return { page, letter: await smtp.send(message), asked: server.asked };
}

const OPEN = "HTTP/1.1 200 Connection Established\r\n\r\n";
const BASIC = Buffer.from(`user:${OURS.proxy}`).toString("base64");

describe("a proxy", () => {
  it.each<[string, Parameters<typeof behind>[0]]>([
    ["opens the tunnel and says a page of its own in it", (socket) => void socket.write(`${OPEN}<html>Log in</html>`)],
    [
      "opens the tunnel and answers in the name of the host",
      (socket) => void socket.write(`${OPEN}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`),
    ],
    [
      "opens the tunnel and says what a mail server would",
      (socket) =>
        void socket.write(
          `${OPEN}220 mail\r\n250 mail\r\n235 welcome\r\n250 fine\r\n250 fine\r\n354 go on\r\n250 taken\r\n`,
        ),
    ],
    [
      "answers with a body as if it were an origin",
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>"),
    ],
    ["opens the tunnel and hangs up", (socket) => void socket.end(OPEN)],
    ["hangs up", (socket) => void socket.destroy()],
    ["hangs up in the middle of its answer", (socket) => void socket.end("HTTP/1.1 200 Conn")],
    [
      "wants another login, and says so without end",
      (socket) => pour(socket, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"),
    ],
    [
      "cannot, and says so without end",
      (socket) => pour(socket, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 99999999999\r\n\r\n"),
    ],
    [
      "sends us elsewhere",
      (socket) =>
        void socket.write("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"),
    ],
    ["only hints", (socket) => pour(socket, "HTTP/1.1 100 Continue\r\n\r\n")],
    ["says headers without end", (socket) => pour(socket, "HTTP/1.1 200 OK\r\nX-A: b\r\n")],
    ["says nothing", () => undefined],
  ])("that %s is a failure, and learns no secret but its own", async (_what, act) => {
    const { page, letter, asked } = await behind(act);
    expect(page).toMatchObject({ name: "Failure" });
    expect(letter).toMatchObject({ name: "Failure" });
    const heads = asked.filter((head) => head.startsWith("CONNECT "));
    expect(new Set(heads.map((head) => head.split(" ")[1]))).toEqual(
      new Set(["tool.example.org:443", "mail.example.org:587"]),
    );
    expect(heads.every((head) => head.includes(`Basic ${BASIC}`))).toBe(true);
    expect(asked.join("\n")).not.toMatch(/token-of-the-origin|password-of-the-mail|elsewhere/);
    const shown = JSON.stringify([page, letter, String(page), String(letter)]);
    for (const secret of [...Object.values(OURS), BASIC]) expect(shown).not.toContain(secret);
  });
});

describe("a name that a stranger chose", () => {
  it.each([
    ["example.org", "example.org.attacker.example"],
    ["example.org", "attacker-example.org"],
    [".example.org", "xexample.org"],
    ["example.org:8443", "example.org"],
    ["10.0.0.0/8", "10.attacker.example"],
    ["10.0.0.0/8", "10.0.0.1.attacker.example"],
    ["192.0.2.1", "192.0.2.1.attacker.example"],
    ["fd00::/8", "fd00.attacker.example"],
  ])("does not go around the proxy by likeness: %s, %s", (entry, host) => {
    expect(bypassesProxy(host, 443, [entry])).toBe(false);
  });
});
