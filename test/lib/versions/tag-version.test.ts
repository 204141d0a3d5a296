import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tagOfVersion } from "../../../src/domain/release.ts";
import { commonTagPrefix, versionByTemplates } from "../../../src/lib/versions/tag-version.ts";

describe("the version of a tag", () => {
  it.each([
    ["v1.2.3", [], "1.2.3"],
    ["1.2.3", [], "1.2.3"],
    ["vendor-1", [], "vendor-1"],
    ["v1.2.3", ["v{version}"], "1.2.3"],
    ["1.2.3", ["v{version}"], undefined],
    ["cli-v1.0", ["{version}", "cli-v{version}"], "1.0"],
    ["cli-v1.0", ["cli-v{version}", "{version}"], "1.0"],
    ["release-1.0-final", ["release-{version}-final"], "1.0"],
  ])("%s under the templates %j is %s", (tag, templates, version) => {
    expect(versionByTemplates(tag, templates)).toBe(version);
  });

  it("is what the template made the tag of", () => {
    const template = fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before}{version}${after}`);
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,3}\.\d{1,3}$/), template, (version, one) => {
        fc.pre(!one.replace("{version}", "").includes("{version}") && one.indexOf("$") < 0);
        expect(versionByTemplates(tagOfVersion(version, one), [one])).toBe(version);
      }),
    );
  });
});

describe("the prefix of tags", () => {
  it.each([
    [[], ""],
    [["v{version}"], "v"],
    [["cli-v{version}", "cli-{version}"], "cli-"],
    [["v{version}", "{version}"], ""],
  ])("for the templates %j is %j", (templates, prefix) => {
    expect(commonTagPrefix(templates)).toBe(prefix);
  });
});
