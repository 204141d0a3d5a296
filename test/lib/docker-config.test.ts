import { describe, expect, it } from "vitest";
import { readDockerLogins } from "../../src/lib/docker-config.ts";
import { Failure } from "../../src/lib/failure.ts";

const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

describe("Docker's configuration", () => {
  it("gives logins by the host as image names have it", () => {
    const text = JSON.stringify({
      auths: { "https://index.docker.io/v1/": auth("me:dckr_pat_x"), "ghcr.io": auth("me:a:b") },
    });
    expect(readDockerLogins(text)).toEqual({
      "docker.io": { username: "me", password: "dckr_pat_x" },
      "ghcr.io": { username: "me", password: "a:b" },
    });
  });

  it.each([
    [{ auths: { "ghcr.io": {} }, credsStore: "desktop" }],
    [{ auths: { "ghcr.io": auth("no password") } }],
    [{ auths: { "ghcr.io": 7 } }],
    [{}],
  ])("knows no login in %j", (config) => {
    expect(readDockerLogins(JSON.stringify(config))).toEqual({});
  });

  it.each(["", "{", "[]", '{"auths": 1}'])("refuses %j", (text) => {
    expect(readDockerLogins(text)).toBeInstanceOf(Failure);
  });
});
