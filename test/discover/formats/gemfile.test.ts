import { describe, expect, it } from "vitest";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const gems = [fixture("gemfile", "Gemfile")];

describe("a Gemfile", () => {
  it("tells its gems, with where they come from", () => {
    expect(summary(gems)).toEqual([
      "5 gem/rails 7.1.4",
      "6 gem/puma ~> 6.4",
      "7 gem/jekyll-seo-tag floating",
      "8 gem/nokogiri >= 1.16, < 2.0",
      "12 github/example/forked v1.2.0",
      "13 github/example/moving main floating",
    ]);
  });

  it("edits the version and leaves the operator", () => {
    expect(covered(gems, pinNamed(gems, "puma"))).toEqual(["version 6.4 → {major}.{minor}"]);
    expect(pinNamed(gems, "puma").precision).toBe("range");
    expect(covered(gems, pinNamed(gems, "rails"))).toEqual(["version 7.1.4 → {version}"]);
  });

  it("reads the dependencies of a gemspec", () => {
    const text = 'Gem::Specification.new do |s|\n  s.name = "x"\n  s.add_dependency("rack", "3.1.7")\nend\n';
    expect(summary(tree({ "x.gemspec": text }))).toEqual(["3 gem/rack 3.1.7"]);
  });
});
