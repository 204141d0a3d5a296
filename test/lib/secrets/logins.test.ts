import { describe, expect, it } from "vitest";
import { loginFor, readNetrc, readNpmrc } from "../../../src/lib/secrets/logins.ts";
import { aFetcher } from "../../support/fetcher.ts";
import { type StandIn, startStandIn } from "../../upstreams/stand-in.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("a netrc file", () => {
  it("gives a login per machine, on one line or on many, quoted or not", () => {
    const text =
      'machine a.example login me password secret\nmachine b.example:8443\n  login "you"\n  password "two words"\n';
    expect(readNetrc(text)).toEqual([
      { prefix: "a.example/", authorization: basic("me:secret") },
      { prefix: "b.example:8443/", authorization: basic("you:two words") },
    ]);
  });

  it("gives nobody's host the default login, and runs no macro", () => {
    const text =
      "macdef init\nmachine evil.example login a password b\n\ndefault login me password secret\nmachine c.example";
    expect(readNetrc(text)).toEqual([]);
  });
});

describe("npm's configuration", () => {
  it.each([
    ["//npm.example/:_authToken=${TOKEN}", "npm.example/", "Bearer from-the-environment"],
    ["//npm.example/team/:_auth=bWU6eA==", "npm.example/team/", "Basic bWU6eA=="],
    ["//npm.example/:username=me\n//npm.example/:_password=c2VjcmV0", "npm.example/", basic("me:secret")],
  ])("gives the login of %j", (text, prefix, authorization) => {
    expect(readNpmrc(text, { TOKEN: "from-the-environment" })).toEqual([{ prefix, authorization }]);
  });

  it.each(["registry=https://npm.example/", "_authToken=loose", "//npm.example/:username=me"])(
    "gives none for %j",
    (text) => {
      expect(readNpmrc(text, {})).toEqual([]);
    },
  );
});

describe("a login", () => {
  const logins = [
    { prefix: "npm.example/", authorization: "Bearer all" },
    { prefix: "npm.example/team/", authorization: "Bearer team" },
  ];

  it.each([
    ["https://npm.example/team/tool", "Bearer team"],
    ["https://npm.example/teamwork", "Bearer all"],
    ["https://npm.example/team/../other", "Bearer all"],
    ["https://npm.example:8443/team/tool", undefined],
    ["https://npm.example.org/team/tool", undefined],
    ["https://other.example/npm.example/", undefined],
  ])("for %s is %s", (url, expected) => {
    expect(loginFor(new URL(url), logins)).toBe(expected);
  });

  it("goes to its host and no further: not along a redirect, not in the clear, not where one asks as nobody", async () => {
    const other = await startStandIn(() => ({}));
    const own: StandIn = await startStandIn(({ path }) =>
      path === "/moved" ? { status: 302, headers: { location: `${other.url}/` } } : {},
    );
    const host = new URL(own.url).host;
    const prefixes = [`${host}/`, "plain.invalid/"];
    const fetcher = aFetcher([own, other], {
      logins: prefixes.map((prefix) => ({ prefix, authorization: "Bearer secret" })),
    });
    await fetcher.fetch({ url: `${own.url}/moved` });
    await fetcher.fetch({ url: `${own.url}/public`, anonymous: true });
    await fetcher.fetch({ url: `${own.url}/given`, headers: { Authorization: "Bearer given" } });
    expect(own.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer secret",
      undefined,
      "Bearer given",
    ]);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    await fetcher.close();
    await Promise.all([own.close(), other.close()]);
  });
});
