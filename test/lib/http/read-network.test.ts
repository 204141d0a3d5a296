import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readNetwork } from "../../../src/lib/http/read-network.ts";
import { anAuthority } from "../../support/certificates.ts";
import { aFolder } from "../../support/folder.ts";

const nothing = { proxy: null, "no-proxy": [] };
const variables = { HTTPS_PROXY: "http://proxy.example:3128", NO_PROXY: "localhost, .example.org,*.example.net;?" };

describe("the way out", () => {
  it("does not follow the variables of other programs unless it is told to", () => {
    expect(readNetwork(nothing, variables).network).toEqual({
      proxy: undefined,
      noProxy: [],
      certificateAuthorities: [],
    });
  });

  it("follows them when it is told to, beside what is listed", () => {
    const { network, errors } = readNetwork({ proxy: "environment", "no-proxy": ["192.0.2.0/24"] }, variables);
    expect(errors).toEqual([]);
    expect(network).toMatchObject({
      proxy: "http://proxy.example:3128",
      noProxy: ["192.0.2.0/24", "localhost", ".example.org"],
    });
  });

  it.each([
    ["lower case", { https_proxy: "proxy.example:3128" }, "http://proxy.example:3128"],
    ["all protocols", { ALL_PROXY: "http://proxy.example" }, "http://proxy.example"],
    ["none", {}, undefined],
  ])("knows variables in %s", (_name, environment, proxy) => {
    expect(readNetwork({ ...nothing, proxy: "environment" }, environment).network.proxy).toBe(proxy);
  });

  it("reports a variable that names another kind of proxy, without its value", () => {
    const { errors } = readNetwork({ ...nothing, proxy: "environment" }, { HTTPS_PROXY: "socks5://user:hunter2@host" });
    expect(errors).toMatchObject([{ where: "HTTPS_PROXY" }]);
    expect(JSON.stringify(errors)).not.toContain("hunter2");
  });

  it("reads every certificate of a file", () => {
    const folder = aFolder();
    const file = join(folder, "ca.pem");
    writeFileSync(file, `# ours\n${anAuthority("one").cert}\n${anAuthority("two").cert}`);
    const { network, errors } = readNetwork({ ...nothing, "ca-file": file }, {});
    expect(errors).toEqual([]);
    expect(network.certificateAuthorities).toHaveLength(2);
  });

  it.each([
    ["is not there", undefined, /there is no file/],
    ["holds something else", "-----BEGIN PRIVATE KEY-----", /holds no certificate/],
    ["is damaged", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", /cannot be read/],
  ])("reports a file that %s", (_name, text, message) => {
    const file = join(aFolder(), "ca.pem");
    if (text !== undefined) writeFileSync(file, text);
    expect(readNetwork({ ...nothing, "ca-file": file }, {}).errors).toMatchObject([
      { where: "network.ca-file", message: expect.stringMatching(message) },
    ]);
  });
});
