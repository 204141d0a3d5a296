import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const module = [fixture("go-mod", "go.mod")];

describe("a Go module", () => {
  it("tells its requirements, what replaces them, and the toolchain", () => {
    expect(summary(module)).toEqual([
      "5 github/golang/go 1.24.9",
      "7 golang/github.com/example/single v0.8.1",
      "10 golang/golang.org/x/net v0.40.0",
      "11 golang/gopkg.in/yaml.v3 v3.0.1",
      "12 golang/github.com/Example/Pseudo v0.0.0-20240305112233-0123456789ab",
      "19 golang/github.com/example/fork v0.9.0",
    ]);
  });

  it("keeps the v of a version, and names the checksums that govern it", () => {
    const files = [...module, ...tree({ "go.sum": "" })];
    const pin = pinNamed(files, "golang.org/x/net");
    expect(pin).toMatchObject({ version: "0.40.0", scheme: "semver", lockedBy: "go.sum" });
    expect(covered(files, pin)).toEqual(["version v0.40.0 → v{version}"]);
  });

  it("knows the modules of the same tree as the project's own", () => {
    const text = "module example.org/a\nrequire example.org/b v1.0.0\n";
    const files = tree({ "a/go.mod": text, "b/go.mod": "module example.org/b\n" });
    expect(discover(files).pins).toMatchObject([{ own: true }]);
  });
});
