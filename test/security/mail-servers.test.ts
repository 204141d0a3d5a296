import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import type { Network } from "../../src/lib/http/proxy.ts";
import { createSmtp, type Smtp } from "../../src/lib/mail/smtp.ts";
import { anAuthority } from "../support/certificates.ts";
import { aLetter } from "../support/letter.ts";
import { memoryInUse } from "../support/memory.ts";
import { startConnectProxy } from "../upstreams/connect-proxy.ts";
import { pour, type RawScript, type RawServer, startRaw } from "../upstreams/raw.ts";

/** A mail server, or somebody on the way to it, says what it likes. Another machine is reached through a stand-in of a proxy. */
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const PASSWORD = "correct horse battery";
const authority = anAuthority();
const message = aLetter();

async function aServer(answer: RawScript["answer"], greeting = "220 mail ESMTP\r\n"): Promise<RawServer> {
  const server = await startRaw({ greet: (socket) => void socket.write(greeting), answer, end: "\r\n" });
  stops.push(server.close);
  return server;
}

async function aClient(url: string, network: Partial<Network> = {}, patience?: number): Promise<Smtp> {
  const smtp = await createSmtp(url, network, patience);
  if (isFailure(smtp)) throw smtp;
  stops.push(smtp.close);
  return smtp;
}

/** Milliseconds for a letter where nothing is to come of it: the server may be waited for in vain. */
const SHORT = 1_500;

/** A client of the server as `mail.example.org`, at a port that asks for no TLS by itself, with a login or without. */
async function fromAfar(
  { port }: RawServer,
  { login = `robot:${encodeURIComponent(PASSWORD)}@`, at = 2525, patience = 20_000 } = {},
): Promise<Smtp> {
  const proxy = await startConnectProxy({ [`mail.example.org:${at}`]: port });
  stops.push(proxy.close);
  const network = { proxy: proxy.url, certificateAuthorities: [authority.cert] };
  return aClient(`smtp://${login}mail.example.org:${at}`, network, patience);
}

const nearby = ({ port }: RawServer, patience?: number) => aClient(`smtp://127.0.0.1:${port}`, {}, patience);

/** What a usual server answers to a command. */
function usual(command: string, offers: readonly string[] = []): string {
  if (/^EHLO/.test(command))
    return ["250-mail", ...offers.map((offer) => `250-${offer}`), "250 SIZE 1000000\r\n"].join("\r\n");
  if (/^AUTH/.test(command)) return "235 welcome\r\n";
  return /^DATA/.test(command) ? "354 go on\r\n" : "250 fine\r\n";
}

/** Everything that was said, in the clear and decoded. */
const heard = (asked: readonly string[]) =>
  asked
    .flatMap((line) => [line, ...line.split(" ").map((word) => Buffer.from(word, "base64").toString("latin1"))])
    .join("\n");

describe("STARTTLS that somebody on the way takes away", () => {
  it.each([
    ["is not offered", (line: string) => usual(line, ["AUTH PLAIN LOGIN"])],
    [
      "is not known",
      (line: string) => (/^STARTTLS/.test(line) ? "502 unknown\r\n" : usual(line, ["STARTTLS", "AUTH PLAIN"])),
    ],
    [
      "is put off",
      (line: string) => (/^STARTTLS/.test(line) ? "454 not now\r\n" : usual(line, ["STARTTLS", "AUTH PLAIN"])),
    ],
    ["is not there, as EHLO is not", (line: string) => (/^EHLO/.test(line) ? "500 unknown\r\n" : usual(line))],
    [
      "is answered by a login",
      (line: string) => (/^STARTTLS/.test(line) ? "235 welcome\r\n" : usual(line, ["AUTH PLAIN"])),
    ],
  ])("%s: no password leaves, and no letter", async (_how, answer) => {
    const server = await aServer((socket, line) => void socket.write(answer(line)));
    const failure = await (await fromAfar(server, { patience: SHORT })).send(message);
    expect(failure).toMatchObject({ name: "Failure" });
    expect(heard(server.asked)).not.toMatch(/correct horse|AUTH|MAIL FROM/);
  });

  it("also keeps a letter back at the port for submission, where nobody logs in; elsewhere it goes as the server offers", async () => {
    const server = await aServer((socket, line) => void socket.write(usual(line)));
    expect(await (await fromAfar(server, { login: "", at: 587, patience: SHORT })).send(message)).toMatchObject({
      name: "Failure",
    });
    expect(server.asked.join()).not.toContain("MAIL FROM");
    expect(await (await fromAfar(server, { login: "", at: 25 })).send(message)).toBeUndefined();
  });
});

describe("a server that speaks TLS", () => {
  /** Begins TLS when asked, with `certified` (ours when not said), and goes on within; `before` is said in the clear, right behind the answer. */
  async function aTlsServer(inside: RawScript["answer"], { before = "", host = "mail.example.org" } = {}) {
    const told: string[] = [];
    const server = await aServer((socket, line) => {
      if (!/^STARTTLS/.test(line)) return void (/^EHLO/.test(line) && socket.write(usual(line, ["STARTTLS"])));
      socket.write(`220 go on\r\n${before}`);
      socket.removeAllListeners("data");
      const tls = new TLSSocket(socket, { isServer: true, ...authority.certify(host) });
      tls.on("error", () => undefined);
      let rest = "";
      tls.on("data", (chunk: Buffer) => {
        rest += chunk.toString("latin1");
        for (let at = rest.indexOf("\r\n"); at >= 0; at = rest.indexOf("\r\n")) {
          told.push(rest.slice(0, at));
          inside(tls as Socket, rest.slice(0, at), told.length);
          rest = rest.slice(at + 2);
        }
      });
    });
    return { server, told };
  }
  let data = false;
  const takes: RawScript["answer"] = (socket, line) => {
    if (data && line !== ".") return;
    data = /^DATA/.test(line);
    socket.write(usual(line, ["AUTH PLAIN"]));
  };

  it("is logged in at, and takes a letter", async () => {
    const { server, told } = await aTlsServer(takes);
    expect(await (await fromAfar(server)).send(message)).toBeUndefined();
    expect(heard(told)).toContain(PASSWORD);
    expect(heard(server.asked)).not.toContain(PASSWORD);
  });

  it.each([
    ["capabilities", "250-mail\r\n250 AUTH PLAIN\r\n"],
    ["half a reply, for the first within to go on", "250-AUTH LOGIN\r\n250-"],
    ["half a line", "250-AUTH LO"],
  ])(
    "of which somebody on the way says %s in the clear: nothing of it counts (CVE-2011-0411)",
    async (_what, before) => {
      const { server, told } = await aTlsServer(
        (socket, line) => void socket.write(/^EHLO/.test(line) ? "250 mail\r\n" : usual(line)),
        { before },
      );
      await (await fromAfar(server, { patience: SHORT })).send(message);
      expect(heard(told)).not.toContain("AUTH LOGIN");
      expect(heard([...told, ...server.asked])).not.toContain(PASSWORD);
    },
  );

  it("in the name of another is not told anything", async () => {
    const { server, told } = await aTlsServer(takes, { host: "other.example.org" });
    expect(await (await fromAfar(server)).send(message)).toMatchObject({ code: "unavailable" });
    expect(told).toEqual([]);
  });

  it("and forgets within that it knows how to log in, is told no password and gets no letter in our name", async () => {
    const { server, told } = await aTlsServer((socket, line) => {
      socket.write(/^AUTH/.test(line) ? "504 unknown\r\n" : usual(line));
    });
    const failure = await (await fromAfar(server)).send(message);
    expect(heard(told).includes("MAIL FROM")).toBe(failure === undefined);
    expect(heard(told)).not.toContain(PASSWORD);
  });

  it("can flood us within no more than in the clear", async () => {
    const { server } = await aTlsServer((socket) => pour(socket, "\r\n".repeat(2_000)));
    expect(await (await fromAfar(server)).send(message)).toMatchObject({
      message: expect.stringContaining("more than any reply takes"),
    });
  });
});

describe("a server that does not come to an end", () => {
  it.each([
    ["a line", "220-", "x".repeat(2_000)],
    ["a greeting of many lines", "", "220-x\r\n".repeat(300)],
    ["blank lines", "220 mail\r\n", "\r\n".repeat(2_000)],
  ])("is given up, and takes little meanwhile: %s", async (_what, start, rest) => {
    const server = await startRaw({
      greet: (socket) => {
        socket.write(start);
        pour(socket, rest);
      },
      answer: () => undefined,
      end: "\r\n",
    });
    stops.push(server.close);
    const before = memoryInUse();
    const failure = await (await nearby(server)).send(message);
    expect(failure).toMatchObject({ code: "unavailable", message: expect.stringMatching(/more than any|maximum/) });
    expect(memoryInUse() - before).toBeLessThan(200 * 1024 * 1024);
  });

  it("but always says one line more, is given up, too; what else is to be sent there waits for another hour at once", async () => {
    const server = await aServer((socket) => {
      const more = setInterval(() => (socket.destroyed ? clearInterval(more) : socket.write("250-more\r\n")), 20);
    });
    const smtp = await nearby(server, 300);
    const late = { code: "timeout", message: expect.stringContaining("does not come to an end") };
    expect(await smtp.send(message)).toMatchObject(late);
    expect(await smtp.send(message)).toMatchObject(late);
    expect(await smtp.verify()).toMatchObject(late);
    expect(server.connections()).toBe(1);
  });

  it("hangs up in the middle: the letter is sent again later", async () => {
    const server = await aServer(
      (socket, line) => void (/^DATA/.test(line) ? socket.destroy() : socket.write(usual(line))),
    );
    expect(await (await nearby(server)).send(message)).toMatchObject({
      code: "unavailable",
    });
  });
});

describe("what a server says", () => {
  it("says nothing of our password, however it repeats it, and drives no terminal", async () => {
    const told: string[] = [];
    const server = await aServer((socket, line) => {
      if (!/^AUTH/.test(line)) return void socket.write(usual(line, ["AUTH PLAIN"]));
      told.push(line);
      const login = Buffer.from(line.split(" ")[2] ?? "", "base64").toString();
      socket.write(
        Buffer.from(`535 \u001b[31m\u202e ${line} ${login} ${login.slice(7)} ${encodeURIComponent(login)}\r\n`),
      );
    });
    const failure = await (await aClient(`smtp://robot:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}`)).send(
      message,
    );
    expect(failure).toMatchObject({ code: "unauthorized" });
    expect(told).toHaveLength(1);
    const shown = JSON.stringify([failure, failure?.message, String(failure?.cause)]);
    for (const secret of [
      PASSWORD,
      encodeURIComponent(PASSWORD),
      Buffer.from(PASSWORD).toString("base64"),
      told[0]?.split(" ")[2],
    ])
      expect(shown).not.toContain(secret);
    expect(failure?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("is believed where it says that it took the letter: nobody else could know", async () => {
    const server = await aServer((socket) => void socket.write("250 fine\r\n"));
    expect(await (await nearby(server)).send(message)).toBeUndefined();
  });
});

describe("a letter whose words come from upstream", () => {
  it("has the headers and the recipient that we wrote, and ends where we end it", async () => {
    const lines: string[] = [];
    let inside = false;
    const server = await aServer((socket, line) => {
      if (inside) {
        lines.push(line);
        if (line !== ".") return;
        inside = false;
        return void socket.write("250 taken\r\n");
      }
      inside = /^DATA/.test(line);
      socket.write(usual(line));
    });
    const evil = "1.0\r\nBcc: everybody@example.org\r\n\r\n.\r\nMAIL FROM:<x@example.org>\r\n";
    const smtp = await nearby(server);
    const hostile = { ...message, subject: evil, text: `${evil}\n.\nRSET\n`, html: `<p>${evil}\n.\n</p>` };
    expect(await smtp.send(hostile)).toBeUndefined();
    const commands = server.asked.filter((line) => /^(?:MAIL|RCPT|RSET|DATA|QUIT)/.test(line) && !lines.includes(line));
    expect(commands).toEqual(["MAIL FROM:<headgate@example.org>", "RCPT TO:<maintainer@example.org>", "DATA"]);
    const head = lines.slice(0, lines.indexOf(""));
    expect(head.filter((line) => /^(?:bcc|cc|to|from):/i.test(line))).toEqual([
      "From: headgate@example.org",
      "To: maintainer@example.org",
    ]);
    expect(lines.filter((line) => line === ".")).toHaveLength(1);
  });
});
