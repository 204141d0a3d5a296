import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { isFailure } from "../../src/lib/failure.ts";
import { createSmtp } from "../../src/lib/mail/smtp.ts";
import { aCanary, findCanaries } from "../support/canary.ts";

describe("a mail server that repeats what it was told", () => {
  it.each(["PLAIN", "LOGIN"])("by AUTH %s is quoted without it", async (mechanism) => {
    const password = aCanary("password");
    const server = createServer((socket) => {
      let heard = "";
      socket.write("220 mail\r\n");
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        const line = chunk.toString().trim();
        heard += ` ${line}`;
        if (/^EHLO/.test(line)) socket.write(`250-mail\r\n250 AUTH ${mechanism}\r\n`);
        else if (/^AUTH LOGIN$/.test(line)) socket.write("334 VXNlcm5hbWU6\r\n");
        else if (
          mechanism === "LOGIN" &&
          heard.split(" ").length < 7 &&
          !/^AUTH/.test(line) &&
          !heard.includes("second")
        ) {
          heard += " second";
          socket.write("334 UGFzc3dvcmQ6\r\n");
        } else socket.write(`535 5.7.8 not with ${heard} ${password.secret}\r\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const client = await createSmtp(`smtp://robot:${password.secret}@127.0.0.1:${port}`);
    if (isFailure(client)) throw client;
    const failure = await client.verify();
    client.close();
    server.close();
    expect(failure).toMatchObject({ code: "unauthorized", message: expect.stringContaining("not with") });
    expect(findCanaries("message", failure?.message ?? "", [password])).toEqual([]);
  });
});
