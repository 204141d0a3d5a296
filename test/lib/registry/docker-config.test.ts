import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/lib/failure.ts";
import { readDockerLogins } from "../../../src/lib/registry/docker-config.ts";

const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

describe("Docker's configuration", () => {
  it("gives logins by the host as image names have it", () => {
    const text = JSON.stringify({
      auths: { "https://index.docker.io/v1/": auth("me:dckr_pat_x"), "ghcr.io": auth("me:a:b") },
    });
    expect(readDockerLogins(text)).toEqual({
      logins: {
        "docker.io": { username: "me", password: "dckr_pat_x" },
        "ghcr.io": { username: "me", password: "a:b" },
      },
      kept: [],
    });
  });

  it("gives the token of a login that was made without a password", () => {
    const auths = { "example.azurecr.io": { ...auth("00000000-0000:"), identitytoken: "refresh-me" } };
    expect(readDockerLogins(JSON.stringify({ auths }))).toMatchObject({
      logins: { "example.azurecr.io": { identityToken: "refresh-me" } },
    });
  });

  it("tells for whom only a credential helper has the login, and starts none", () => {
    const config = {
      auths: { "ghcr.io": {}, "quay.io": auth("me:secret") },
      credsStore: "desktop",
      credHelpers: { "https://registry.example/v2/": "pass" },
    };
    expect(readDockerLogins(JSON.stringify(config))).toMatchObject({ kept: ["ghcr.io", "registry.example"] });
  });

  it.each([
    [{ auths: { "ghcr.io": {} }, credsStore: "desktop" }],
    [{ auths: { "ghcr.io": auth("no password") } }],
    [{ auths: { "ghcr.io": 7 } }],
    [{}],
  ])("knows no login in %j", (config) => {
    expect(readDockerLogins(JSON.stringify(config))).toMatchObject({ logins: {} });
  });

  it.each(["", "{", "[]", '{"auths": 1}'])("refuses %j", (text) => {
    expect(readDockerLogins(text)).toBeInstanceOf(Failure);
  });
});
