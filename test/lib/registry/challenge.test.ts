import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChallenges } from "../../../src/lib/registry/challenge.ts";

describe("readChallenges", () => {
  it("keeps commas inside quotes together", () => {
    const header = 'Bearer realm="https://auth.example/token",service="a, b",scope="repository:x/y:pull,push"';
    expect(readChallenges(header)).toEqual([
      {
        scheme: "bearer",
        parameters: { realm: "https://auth.example/token", service: "a, b", scope: "repository:x/y:pull,push" },
      },
    ]);
  });

  it.each([
    ["nothing", "", []],
    ["a scheme alone", "Negotiate", [{ scheme: "negotiate", parameters: {} }]],
    [
      "bare tokens",
      "Bearer realm=https://a/t, service=s",
      [{ scheme: "bearer", parameters: { realm: "https://a/t", service: "s" } }],
    ],
    ["escapes", 'Basic realm="say \\"hi\\""', [{ scheme: "basic", parameters: { realm: 'say "hi"' } }]],
    [
      "several challenges",
      'Basic realm="r", Bearer realm="https://a/t",error="invalid_token"',
      [
        { scheme: "basic", parameters: { realm: "r" } },
        { scheme: "bearer", parameters: { realm: "https://a/t", error: "invalid_token" } },
      ],
    ],
    [
      "spaces and upper case",
      'BEARER Realm = "x" , SERVICE="y"',
      [{ scheme: "bearer", parameters: { realm: "x", service: "y" } }],
    ],
    ["an open quote", 'Bearer realm="x', [{ scheme: "bearer", parameters: { realm: "x" } }]],
    ["a parameter without a scheme", 'realm="x"', []],
  ])("reads %s", (_name, header, expected) => {
    expect(readChallenges(header)).toEqual(expected);
  });

  it("gives back any values that were quoted", () => {
    const value = fc.string({ maxLength: 30 });
    fc.assert(
      fc.property(value, value, (realm, scope) => {
        const quote = (text: string) => `"${text.replace(/[\\"]/g, (sign) => `\\${sign}`)}"`;
        const header = `Bearer realm=${quote(realm)},scope=${quote(scope)}`;
        expect(readChallenges(header)).toEqual([{ scheme: "bearer", parameters: { realm, scope } }]);
      }),
    );
  });

  it("ends on any text", () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(readChallenges(text))));
  });
});
