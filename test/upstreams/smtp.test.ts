import { createTransport } from "nodemailer";
import PostalMime from "postal-mime";
import { afterEach, describe, expect, it } from "vitest";
import { type SmtpOptions, type SmtpStandIn, startSmtp } from "./smtp.ts";

let smtp: SmtpStandIn | undefined;

afterEach(async () => {
  await smtp?.close();
  smtp = undefined;
});

const mail = {
  from: "digest@example.org",
  to: ["a@example.org", "gone@example.org"],
  subject: "3 updates",
  text: "Hi.",
};

async function start(options: SmtpOptions = {}, sender: object = {}) {
  const server = await startSmtp(options);
  smtp = server;
  return { server, transport: createTransport({ url: server.url, ...sender }) };
}

describe("the stand-in of a mail server", () => {
  it("keeps what it took: envelope and bytes", async () => {
    const { server, transport } = await start();
    await transport.sendMail(mail);
    expect(server.messages).toMatchObject([{ from: "digest@example.org", to: ["a@example.org", "gone@example.org"] }]);
    const parsed = await PostalMime.parse(server.messages[0]?.raw ?? "");
    expect(parsed).toMatchObject({ subject: "3 updates", text: "Hi.\n", from: { address: "digest@example.org" } });
  });

  it("refuses one recipient and takes the message for the others", async () => {
    const { server, transport } = await start();
    server.refuse("gone@example.org", 550);
    const { accepted, rejected, rejectedErrors } = await transport.sendMail(mail);
    expect({ accepted, rejected }).toEqual({ accepted: ["a@example.org"], rejected: ["gone@example.org"] });
    expect(rejectedErrors?.[0]).toMatchObject({ code: "EENVELOPE", responseCode: 550 });
    expect(server.messages[0]?.to).toEqual(["a@example.org"]);
  });

  it.each([
    ["sender-refused", { responseCode: 550 }],
    ["try-later", { responseCode: 451 }],
    ["too-big", { responseCode: 552 }],
    ["shutting-down", { responseCode: 421 }],
    ["cut-during-data", { command: "CONN" }],
  ] as const)("fails once with %s, and then takes the message", async (trouble, error) => {
    const { server, transport } = await start();
    server.failNext(trouble);
    await expect(transport.sendMail(mail)).rejects.toMatchObject(error);
    expect(server.messages).toEqual([]);
    await transport.sendMail(mail);
    expect(server.messages).toHaveLength(1);
  });

  it("wants its login, when it has one", async () => {
    const { server, transport } = await start({ login: { user: "headgate", password: "right" } });
    await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 530 });
    const send = (pass: string) =>
      createTransport({ url: server.url, auth: { user: "headgate", pass } }).sendMail(mail);
    await expect(send("wrong")).rejects.toMatchObject({ code: "EAUTH", responseCode: 535 });
    await send("right");
    expect(server.messages).toHaveLength(1);
  });

  it("offers no STARTTLS unless told to, so that a sender who requires it refuses", async () => {
    const plain = await start({}, { requireTLS: true });
    await expect(plain.transport.sendMail(mail)).rejects.toMatchObject({ code: "ETLS" });
    await plain.server.close();
    const untrusted = await start({ startTls: true });
    await expect(untrusted.transport.sendMail(mail)).rejects.toThrow(/certificate/);
    expect(untrusted.server.messages).toEqual([]);
  });

  it("greets late, when told to", async () => {
    const { transport } = await start({ greetingDelay: 60_000 }, { greetingTimeout: 20 });
    await expect(transport.sendMail(mail)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  });

  it("closes although a pool holds its connections", async () => {
    const { server, transport } = await start({}, { pool: true });
    await transport.sendMail(mail);
    await server.close();
    expect(server.messages).toHaveLength(1);
    transport.close();
  });
});
