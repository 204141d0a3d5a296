import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Asset } from "../../../src/domain/release.ts";
import { Failure } from "../../../src/lib/failure.ts";
import type { Fetcher } from "../../../src/lib/fetcher.ts";
import { readInstallCode } from "../../../src/lib/inspect/install-code.ts";
import { aFileHost, anAsset, tarballOf, tarOf, zipOf } from "../../support/archives.ts";
import { aRelease } from "../../support/build.ts";
import { anyUrls } from "../../support/urls.ts";

/** A host of some files, each under its name. */
function hostOf(files: Readonly<Record<string, Buffer>>): Fetcher {
  return {
    fetch: async (request) => {
      const file = files[request.url.slice(request.url.lastIndexOf("/") + 1)];
      return file === undefined ? new Failure("not-found", request.url) : aFileHost(file).fetch(request);
    },
    close: async () => undefined,
  };
}

function look(upstream: string, files: Readonly<Record<string, Buffer>>, assets: readonly Asset[] = assetsOf(files)) {
  const release = aRelease({ upstream, version: "1.2.0", assets: [...assets] });
  return readInstallCode(release, { fetcher: hostOf(files), urls: anyUrls() });
}

function assetsOf(files: Readonly<Record<string, Buffer>>): Asset[] {
  return Object.entries(files).map(([name, content]) => anAsset(name, content));
}

const PYPROJECT =
  '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "tool"\n';
const sdist = (files: Readonly<Record<string, string>>) =>
  tarballOf(Object.entries(files).map(([name, text]) => [`tool-1.2.0/${name}`, text]));

describe("what a Python package runs on installation", () => {
  it("is told by its source archive", async () => {
    const found = await look("pkg:pypi/tool", { "tool-1.2.0.tar.gz": await sdist({ "pyproject.toml": PYPROJECT }) });
    expect(found).toMatchObject({
      code: { buildBackend: "hatchling.build", setup: "none" },
      source: { kind: "source archive", locator: "https://files.example/tool-1.2.0.tar.gz" },
    });
  });

  it("is told by wheel and source archive together", async () => {
    const found = await look("pkg:pypi/tool", {
      "tool-1.2.0-py3-none-any.whl": zipOf({ "tool.pth": "import os\n" }),
      "tool-1.2.0.tar.gz": await sdist({ "setup.py": "from setuptools import setup" }),
    });
    expect(found).toMatchObject({
      code: {
        startupFiles: ["tool.pth"],
        buildBackend: "setuptools.build_meta:__legacy__",
        setup: expect.stringMatching(/^sha256:/),
      },
    });
  });

  it("is looked for in a wheel of each family of platforms", async () => {
    const names = [
      "cp312-manylinux_2_28_x86_64",
      "cp312-macosx_11_0_arm64",
      "cp313-macosx_11_0_arm64",
      "cp312-win_amd64",
    ];
    const wheels = names.map((name, index) => [
      `tool-1.2.0-cp312-${name}.whl`,
      zipOf(index === 3 ? { "tool.pth": "import os\n" } : { "tool.py": "x".repeat(index) }),
    ]);
    expect(await look("pkg:pypi/tool", Object.fromEntries(wheels))).toMatchObject({
      code: { startupFiles: ["tool.pth"] },
    });
  });

  it("is the same setup.py when only the version in it differs", async () => {
    const setups = ['setup(version="1.2.0")', 'setup(version="")', 'setup(version="1.2.0", x=1)'].map(async (text) => {
      const found = await look("pkg:pypi/tool", { "tool-1.2.0.tar.gz": await sdist({ "setup.py": text }) });
      return found instanceof Failure ? found : found.code.setup;
    });
    const [one, same, other] = await Promise.all(setups);
    expect([one === same, one === other]).toEqual([true, false]);
  });

  it("is told of a backend that comes along in the archive, and of an old zip archive", async () => {
    const own = `${PYPROJECT.replace("hatchling.build", "own")}`.replace(
      "[project]",
      'backend-path = ["."]\n[project]',
    );
    const file = zipOf({ "tool-1.2.0/pyproject.toml": own });
    expect(await look("pkg:pypi/tool", { "tool-1.2.0.zip": file })).toMatchObject({
      code: { buildBackend: "own (in the archive)" },
    });
  });

  it("is not known of a file with another checksum than the index names", async () => {
    const file = await sdist({ "pyproject.toml": PYPROJECT });
    const asset = { ...anAsset("tool-1.2.0.tar.gz", file), digest: `sha256:${"0".repeat(64)}` };
    expect(await look("pkg:pypi/tool", { "tool-1.2.0.tar.gz": file }, [asset])).toMatchObject({
      code: "conflict",
      message: "tool-1.2.0.tar.gz has another checksum than its registry says",
    });
  });

  it.each([
    ["no files that are opened", [{ name: "tool.exe", url: "https://files.example/tool.exe" }], "not-checked"],
    [
      "an archive too large to open",
      [{ name: "t.tar.gz", url: "https://files.example/t.tar.gz", size: 99_999_999 }],
      "not-checked",
    ],
    [
      "an archive that is larger than it says",
      [{ name: "t.tar.gz", url: "https://files.example/t.tar.gz" }],
      "too-large",
    ],
  ])("is not known of %s", async (_, assets, code) => {
    expect(await look("pkg:pypi/tool", { "t.tar.gz": Buffer.alloc(33 * 1024 * 1024) }, assets)).toMatchObject({ code });
  });
});

describe("what an npm package runs on installation", () => {
  const pack = (manifest: object, others: Readonly<Record<string, string>> = {}) =>
    tarballOf([["package/package.json", JSON.stringify(manifest)], ...Object.entries(others)]);

  it("is told by the file itself, whatever its registry says", async () => {
    const scripts = { test: "vitest", postinstall: "node\nsetup.js" };
    expect(await look("pkg:npm/tool", { "tool-1.2.0.tgz": await pack({ scripts }) })).toMatchObject({
      code: { scripts: ["postinstall: node setup.js"] },
    });
  });

  it("is read behind a byte order mark, as npm reads it", async () => {
    const text = `\ufeff${JSON.stringify({ scripts: { install: "make" } })}`;
    const file = await tarballOf([["package/package.json", text]]);
    expect(await look("pkg:npm/tool", { "tool-1.2.0.tgz": file })).toMatchObject({
      code: { scripts: ["install: make"] },
    });
  });

  it("is a build where there is a binding.gyp", async () => {
    const file = await pack({ name: "tool" }, { "package/binding.gyp": "{}" });
    expect(await look("pkg:npm/tool", { "tool-1.2.0.tgz": file })).toMatchObject({
      code: { scripts: ["install: node-gyp rebuild"] },
    });
  });

  it.each([
    ["without a package.json", [["package/index.js", "x"]]],
    ["with one that is no JSON", [["package/package.json", "{"]]],
    ["with one that is a link", [["package/package.json", { link: "../../x" }]]],
  ] as const)("is not known of a package %s", async (_, files) => {
    expect(await look("pkg:npm/tool", { "tool-1.2.0.tgz": await tarballOf([...files]) })).toMatchObject({
      code: "unreadable",
    });
  });
});

describe("what a gem runs on installation", () => {
  const gem = (metadata: string) =>
    tarOf([
      ["metadata.gz", gzipSync(metadata)],
      ["data.tar.gz", "x"],
    ]);
  const SPECIFICATION =
    "--- !ruby/object:Gem::Specification\nname: tool\nversion: !ruby/object:Gem::Version\n  version: 1.2.0\n";

  it.each([
    ["its extensions", "extensions:\n- ext/tool/extconf.rb\n", ["ext/tool/extconf.rb"]],
    ["nothing, where it has none", "extensions: []\n", []],
    [
      "a plugin of RubyGems, which every call of gem runs",
      "extensions: []\nfiles:\n- lib/tool.rb\n- lib/rubygems_plugin.rb\n- lib/my_rubygems_plugin.rb\n",
      ["lib/rubygems_plugin.rb"],
    ],
  ])("is %s", async (_, line, scripts) => {
    expect(await look("pkg:gem/tool", { "tool-1.2.0.gem": await gem(`${SPECIFICATION}${line}`) })).toMatchObject({
      code: { scripts },
    });
  });

  it.each([
    ["no specification", "extensions: 7\n"],
    ["more of it than anybody writes", `#${"x".repeat(2_000_000)}`],
  ])("is not known of a gem with %s", async (_, text) => {
    expect(await look("pkg:gem/tool", { "tool-1.2.0.gem": await gem(text) })).toMatchObject({ code: "unreadable" });
  });
});
