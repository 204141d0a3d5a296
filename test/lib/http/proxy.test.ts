import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { createFetcher, type Fetcher } from "../../../src/lib/fetcher.ts";
import { createGitRemote } from "../../../src/lib/git/remote.ts";
import type { FetcherOptions } from "../../../src/lib/http/fetcher-options.ts";
import { bypassesProxy } from "../../../src/lib/http/proxy.ts";
import { createSmtp } from "../../../src/lib/mail/smtp.ts";
import { anAuthority } from "../../support/certificates.ts";
import { aLetter } from "../../support/letter.ts";
import { type ConnectProxy, startConnectProxy, startTlsBefore } from "../../upstreams/connect-proxy.ts";
import { commitOf, startGit } from "../../upstreams/git.ts";
import { type SmtpStandIn, startSmtp } from "../../upstreams/smtp.ts";
import { type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

const authority = anAuthority();
const portIn = (url: string) => Number(new URL(url).port);

let pages: StandIn;
let git: StandIn;
let mail: SmtpStandIn;
let proxy: ConnectProxy;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  pages = await startStandIn(({ path }) =>
    path === "/inside" ? { status: 302, headers: { location: "https://10.0.0.1/" } } : { body: "a page" },
  );
  git = await startGit({ repositories: { "example/tool": { tags: { "1.0": { commit: commitOf("1.0") } } } } });
  mail = await startSmtp();
  const certified = authority.certify("tool.example.org", "git.example.org", "mail.example.org");
  const before = async ({ url }: { url: string }) => {
    const tls = await startTlsBefore(portIn(url), certified);
    stops.push(tls.close);
    return tls.port;
  };
  proxy = await startConnectProxy({
    "tool.example.org:443": await before(pages),
    "git.example.org:443": await before(git),
    "mail.example.org:465": await before(mail),
  });
});
afterAll(async () => {
  for (const stop of [...stops, proxy.close, pages.close, git.close, mail.close]) await stop();
});
beforeEach(() => {
  proxy.asked.length = 0;
});

async function withFetcher<Result>(
  given: Partial<FetcherOptions>,
  work: (fetcher: Fetcher) => Promise<Result>,
): Promise<Result> {
  const fetcher = createFetcher({
    userAgent: "test",
    allowPrivate: [],
    proxy: proxy.url,
    certificateAuthorities: [authority.cert],
    retries: 0,
    ...given,
  });
  try {
    return await work(fetcher);
  } finally {
    await fetcher.close();
  }
}

describe("behind a proxy", () => {
  it("a host is reached by a tunnel, and proves itself to us with a certificate of our authority", async () => {
    const answer = await withFetcher({}, (fetcher) => fetcher.fetch({ url: "https://tool.example.org/page" }));
    if (isFailure(answer)) throw answer;
    expect(Buffer.from(answer.body).toString()).toBe("a page");
    expect(proxy.asked).toEqual([{ authority: "tool.example.org:443", authorization: undefined }]);
  });

  it("a host is not believed whose authority nobody named", async () => {
    const url = "https://tool.example.org/page";
    const answer = await withFetcher({ certificateAuthorities: [] }, (fetcher) => fetcher.fetch({ url }));
    expect(answer).toMatchObject({ code: "unavailable", message: expect.stringMatching(/certificate/) });
  });

  it("refs are read by the git protocol", async () => {
    const refs = await withFetcher({}, (fetcher) =>
      createGitRemote(fetcher).listRefs("https://git.example.org/example/tool", "refs/tags/"),
    );
    expect(refs).toMatchObject([{ name: "refs/tags/1.0", commit: commitOf("1.0") }]);
    expect(new Set(proxy.asked.map((one) => one.authority))).toEqual(new Set(["git.example.org:443"]));
  });

  it.each([
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2130706433/",
    "https://localhost/",
    "https://intranet/",
    "https://git.internal/",
    "https://printer.local/",
    "http://tool.example.org/",
  ])("%s is refused before the proxy hears of it", async (url) => {
    expect(await withFetcher({}, (fetcher) => fetcher.fetch({ url }))).toMatchObject({ code: "refused" });
    expect(proxy.asked).toEqual([]);
  });

  it("a redirect into the network is refused before the proxy hears of it", async () => {
    const url = "https://tool.example.org/inside";
    expect(await withFetcher({}, (fetcher) => fetcher.fetch({ url }))).toMatchObject({ code: "refused" });
    expect(proxy.asked.map((one) => one.authority)).toEqual(["tool.example.org:443"]);
  });

  it("without a proxy, too, pages and refs come from hosts of our own authority, and from them alone", async () => {
    const certified = authority.certify("localhost");
    const [page, repository] = await Promise.all(
      [pages, git].map(async ({ url }) => {
        const tls = await startTlsBefore(portIn(url), certified);
        stops.push(tls.close);
        return `localhost:${tls.port}`;
      }),
    );
    const given = { proxy: undefined, allowPrivate: [page ?? "", repository ?? ""] };
    const ask = async (fetcher: Fetcher) => [
      await fetcher.fetch({ url: `https://${page}/page` }),
      await createGitRemote(fetcher).listRefs(`https://${repository}/example/tool`, "refs/tags/"),
    ];
    expect(await withFetcher(given, ask)).toMatchObject([{ status: 200 }, [{ name: "refs/tags/1.0" }]]);
    const refused = { code: "unavailable", message: expect.stringMatching(/certificate/) };
    expect(await withFetcher({ ...given, certificateAuthorities: [] }, ask)).toMatchObject([refused, refused]);
    expect(proxy.asked).toEqual([]);
  });

  it("what no-proxy names is reached directly, and its address is looked at again", async () => {
    const answer = await withFetcher(
      {
        noProxy: ["example.org"],
        resolve: (_host, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
      },
      (fetcher) => fetcher.fetch({ url: "https://tool.example.org/" }),
    );
    expect(answer).toMatchObject({ code: "refused", message: expect.stringContaining("127.0.0.1") });
    expect(proxy.asked).toEqual([]);
  });

  it("what is allowed to be private is reached directly", async () => {
    const answer = await withFetcher({ allowPrivate: [new URL(pages.url).host] }, (fetcher) =>
      fetcher.fetch({ url: pages.url }),
    );
    expect(answer).toMatchObject({ status: 200 });
    expect(proxy.asked).toEqual([]);
  });

  it("the proxy is told its own password, and nobody else is", async () => {
    const withLogin = proxy.url.replace("http://", "http://user:p%40ss@");
    const before = pages.requests.length;
    await withFetcher({ proxy: withLogin }, (fetcher) => fetcher.fetch({ url: "https://tool.example.org/" }));
    expect(proxy.asked).toMatchObject([{ authorization: `Basic ${Buffer.from("user:p@ss").toString("base64")}` }]);
    expect(pages.requests.slice(before).map(({ headers }) => headers["proxy-authorization"])).toEqual([undefined]);
  });
});

describe("a proxy", () => {
  it.each([
    ["refuses", 407 as const, "unavailable", {}],
    ["hangs", "hang" as const, "timeout", { connectTimeout: 200, headersTimeout: 200 }],
  ])("that %s is a failure without its password", async (_name, how, code, limits) => {
    const other = await startConnectProxy({});
    other.refuse(how);
    const answer = await withFetcher(
      { proxy: other.url.replace("http://", "http://user:hunter2@"), ...limits },
      (fetcher) => fetcher.fetch({ url: "https://tool.example.org/" }),
    );
    await other.close();
    expect(answer).toMatchObject({
      name: "Failure",
      code,
      message: expect.stringMatching(code === "timeout" ? /in time/ : /through the proxy/),
    });
    expect(JSON.stringify([answer, isFailure(answer) && answer.message])).not.toContain("hunter2");
  });
});

describe("mail", () => {
  const message = aLetter();
  const network = () => ({ proxy: proxy.url, noProxy: [], certificateAuthorities: [authority.cert] });

  it("goes through the proxy to a server in the world", async () => {
    const smtp = await createSmtp("smtps://mail.example.org", network());
    if (isFailure(smtp)) throw smtp;
    expect(await smtp.send(message)).toBeUndefined();
    smtp.close();
    expect(proxy.asked).toMatchObject([{ authority: "mail.example.org:465" }]);
    expect(mail.messages).toHaveLength(1);
  });

  it("is not given to a server whose authority nobody named", async () => {
    const smtp = await createSmtp("smtps://mail.example.org", { proxy: proxy.url });
    if (isFailure(smtp)) throw smtp;
    expect(await smtp.send(message)).toMatchObject({ code: "unavailable" });
    smtp.close();
  });

  it("goes without a proxy to a server of our own authority, and to it alone", async () => {
    const tls = await startTlsBefore(portIn(mail.url), authority.certify("localhost"));
    stops.push(tls.close);
    const url = `smtps://localhost:${tls.port}`;
    const before = mail.messages.length;
    const [ours, strangers] = await Promise.all([createSmtp(url, { ...network(), proxy: undefined }), createSmtp(url)]);
    if (isFailure(ours)) throw ours;
    if (isFailure(strangers)) throw strangers;
    expect(await ours.send(message)).toBeUndefined();
    expect(mail.messages).toHaveLength(before + 1);
    expect(await strangers.send(message)).toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/certificate/),
    });
    expect(mail.messages).toHaveLength(before + 1);
    ours.close();
    strangers.close();
  });

  it("goes directly to a server nearby", async () => {
    const smtp = await createSmtp(mail.url, network());
    if (isFailure(smtp)) throw smtp;
    expect(await smtp.send(message)).toBeUndefined();
    smtp.close();
    expect(proxy.asked).toEqual([]);
  });
});

describe("an entry of no-proxy", () => {
  it.each([
    ["example.org", "example.org", 443, true],
    ["example.org", "git.example.org", 443, true],
    ["example.org", "notexample.org", 443, false],
    [".example.org", "git.example.org", 443, true],
    [".example.org", "example.org", 443, false],
    ["EXAMPLE.org", "Git.Example.ORG", 443, true],
    ["example.org", "example.org.", 443, true],
    ["example.org:8443", "example.org", 8443, true],
    ["example.org:8443", "example.org", 443, false],
    ["192.0.2.1", "192.0.2.1", 443, true],
    ["192.0.2.1", "192.0.2.10", 443, false],
    ["192.0.2.0/24", "192.0.2.10", 443, true],
    ["192.0.2.0/24", "192.0.3.1", 443, false],
    ["192.0.2.0/24", "host.example.org", 443, false],
    ["2001:db8::/32", "[2001:db8::7]", 443, true],
    ["2001:db8::7", "[2001:0db8::7]", 443, true],
    ["[2001:db8::7]:8443", "[2001:db8::7]", 8443, true],
    ["192.0.2.0/24", "[::ffff:192.0.2.9]", 443, true],
    ["*", "anything.example", 443, true],
  ])("%s, for %s:%i: %s", (entry, host, port, expected) => {
    expect(bypassesProxy(host, port, [entry])).toBe(expected);
  });
});
