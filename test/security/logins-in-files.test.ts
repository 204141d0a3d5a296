import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import { FORMATS } from "../../src/discover/formats.ts";
import { toPurl } from "../../src/domain/upstream.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/discover");
const SECRET = "C4N4RYinAFILE";

/** The files of a format's examples, in which every address has a login. */
function withLogins(format: string): { readonly path: string; readonly text: string }[] {
  const folder = join(FIXTURES, format);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({
      path: format === "github-actions" ? ".github/workflows/ci.yml" : name,
      text: readFileSync(join(folder, name), "utf8").replace(/(?:https?|oci):\/\/(?=\w)/gi, `$&ada:${SECRET}@`),
    }));
}

describe("a login that somebody wrote into an address in a file", () => {
  it.each(FORMATS.map(({ id }) => id))("of the kind %s goes no further than the file", (format) => {
    const told = withLogins(format).flatMap((file) => {
      const { pins, problems } = discover([file]);
      return [...pins, ...problems].map((one) => JSON.stringify(one)).filter((text) => text.includes(SECRET));
    });
    expect(told).toEqual([]);
  });

  it("is among the examples of many kinds", () => {
    const kinds = FORMATS.filter(({ id }) => withLogins(id).some(({ text }) => text.includes(SECRET)));
    expect(kinds.length).toBeGreaterThan(20);
  });

  it.each([
    [`https://ada:${SECRET}@charts.example.org/stable`, "https://charts.example.org/stable"],
    [`oci://${SECRET}@registry.example.org/charts`, "oci://registry.example.org/charts"],
    [`https://charts.example.org/stable?token=${SECRET}`, "https://charts.example.org/stable"],
    [`git+https://ada:${SECRET}@git.example.org/a/b.git`, "git%2Bhttps://git.example.org/a/b.git"],
    ["registry.example.org:5000", "registry.example.org:5000"],
  ])("is no part of a package URL: %s", (address, written) => {
    expect(toPurl("helm", "x", { repository_url: address })).toBe(`pkg:helm/x?repository_url=${written}`);
  });
});
