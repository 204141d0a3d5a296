import { describe, expect, it } from "vitest";
import { parseRequirement } from "../../../src/lib/syntax/requirement.ts";

describe("a requirement", () => {
  it.each([
    ["idna==3.11", "idna", "==3.11", "3.11"],
    ["requests[socks,security] == 2.32.5 ; python_version > '3.8'", "requests", "== 2.32.5", "2.32.5"],
    ["attrs>=23,<26", "attrs", ">=23,<26", undefined],
    ["zope.interface (>=7.0)", "zope.interface", ">=7.0", "7.0"],
    ["numpy==2.*", "numpy", "==2.*", "2.*"],
    ["torch==2.9.0+cpu", "torch", "==2.9.0+cpu", "2.9.0+cpu"],
    ["legacy===2004d", "legacy", "===2004d", "2004d"],
    ["urllib3", "urllib3", undefined, undefined],
    ["urllib3 ; sys_platform == 'linux'", "urllib3", undefined, undefined],
  ])("%s", (text, name, specifier, version) => {
    const found = parseRequirement(text);
    expect([found?.name, found?.specifier?.text, found?.version?.text]).toEqual([name, specifier, version]);
    for (const part of [found?.specifier, found?.version]) {
      if (part !== undefined) expect(text.slice(part.start, part.end)).toBe(part.text);
    }
  });

  it("may be an address", () => {
    const text = "helper @ https://example.com/helper-1.0.zip ; python_version > '3'";
    const url = parseRequirement(text)?.url;
    expect(text.slice(url?.start, url?.end)).toBe("https://example.com/helper-1.0.zip");
  });

  it.each(["", "./local", "-r other.txt", "==1.0", "a/b/c", "a = 1", "a==1 b==2"])("is not %j", (text) => {
    expect(parseRequirement(text)).toBeUndefined();
  });
});
