import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { dockerfile } from "../../../src/discover/formats/dockerfile.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const ZEROES = "0".repeat(64);
const sensor = [fixture("dockerfile", "sensor.Dockerfile")];

describe("a Dockerfile", () => {
  it("reads instructions that are lists of words", () => {
    const text = [
      "FROM a:1",
      'ADD ["https://github.com/o/r/releases/download/v1.0.0/x", "/x"]',
      'RUN ["pip", "install", "idna==3.11"]',
      'RUN ["sh", "-c", "curl -LO https://github.com/o/s/archive/v2.0.0.zip"]',
      "",
    ].join("\n");
    expect(summary(tree({ Dockerfile: text }))).toEqual([
      "1 docker/library/a 1",
      "2 github/o/r v1.0.0",
      "3 pypi/idna 3.11",
      "4 github/o/s v2.0.0",
    ]);
  });

  it.each([
    ["Dockerfile_nginx", true],
    ["build/web-Dockerfile", true],
    ["docker/api_dockerfile", true],
    ["Containerfile.dev", true],
    ["dockerfile_parser.py", false],
    ["Dockerfile.md", false],
  ])("is known by its name: %s %s", (path, expected) => {
    expect(dockerfile.matches(path)).toBe(expected);
  });

  it("tells every place where something is taken from upstream, on the line to edit", () => {
    expect(summary(sensor)).toEqual([
      "1 docker/docker/dockerfile 1.7",
      "2 docker/library/python 3.13",
      "4 docker/library/golang 1.25.3-alpine3.22",
      "5 docker/ghcr.io/example/tools 2.0.1",
      "6 github/example/probe v1.9.2",
      "7 golang/golang.org/x/vuln/cmd/govulncheck v1.1.4",
      "10 github/example/cronic 0.2.41",
      "14 github/example/tini v0.19.0",
      "15 github/example/ui master floating",
      "18 github/example/exporter 3.2.1",
      "22 github/example/agent 7.4.0",
      "26 deb/debian/suricata 1:8.0.2-1",
      "32 github/example/rules floating",
      "34 pypi/pip floating",
      "34 pypi/flake8 7.2.0",
      "34 pypi/starlette >=0.40.0",
      "35 npm/%40example/widget 2.0.4",
      "35 npm/leftover floating",
      "36 github/example/blob v1.2.3",
      "37 npm/icons 1.13.1",
      "39 docker/ghcr.io/example/static floating",
      "42 pypi/wheel 0.46.2",
    ]);
  });

  it("reports a variable that nothing sets, and never takes it for a version", () => {
    expect(discover(sensor).problems).toEqual([
      {
        path: "sensor.Dockerfile",
        line: 33,
        message: expect.stringContaining("the value of NEVER_SET is not written"),
      },
    ]);
  });

  it("splits a base image's version from its variant, also through nested arguments", () => {
    const pin = pinNamed(sensor, "PYTHON_VERSION");
    expect(pin).toMatchObject({
      version: "3.13-slim-trixie",
      variant: "slim-trixie",
      text: "3.13",
      scheme: "docker-tag",
    });
    expect(pin.edits[0]).toMatchObject({ spelling: "{version}", without: { before: "", after: "-slim-trixie" } });
    expect(pin.linked).toEqual([{ path: "sensor.Dockerfile", line: 9 }]);
  });

  it("edits a digest together with its tag", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    expect(covered(sensor, pinNamed(sensor, "golang"))).toEqual([
      "version 1.25.3-alpine3.22 → {version}",
      `digest ${digest} → {digest}`,
    ]);
    expect(pinNamed(sensor, "golang").digest).toBe(digest);
  });

  it("finds the version variable through the variable that holds the address, with the checksum of the download", () => {
    const pin = pinNamed(sensor, "CRONIC_VERSION");
    expect(covered(sensor, pin)).toEqual(["version 0.2.41 → {version}", `checksum ${"b".repeat(64)} → {hex}`]);
    expect(pin).toMatchObject({ tagTemplate: "v{version}", precision: "exact" });
    expect(pin.linked.map(({ line }) => line)).toEqual([11, 28]);
    expect(pin.edits[1]?.of).toEqual({
      algorithm: "sha256",
      url: `https://github.com/example/cronic/releases/download/v{version}/cronic-linux-\${ARCH}`,
      hex: "b".repeat(64),
    });
  });

  it("edits every copy of a version in one address, and the checksum of ADD", () => {
    expect(covered(sensor, pinNamed(sensor, "blob"))).toEqual([
      "version v1.2.3 → v{version}",
      "version 1.2.3 → {version}",
      `checksum ${"c".repeat(64)} → {hex}`,
    ]);
  });

  it.each([
    ["TINI_VERSION", "0.19.0", "v{version}"],
    ["EXPORTER_VERSION", "3.2.1", "release-{version}"],
    ["AGENT_VERSION", "7.4.0", "v{version}"],
  ])("knows how %s becomes a tag", (name, version, tagTemplate) => {
    expect(pinNamed(sensor, name)).toMatchObject({ version, tagTemplate });
  });

  it("hears what the maintainers say above a line", () => {
    expect(pinNamed(sensor, "EXPORTER_VERSION").word).toEqual({
      kind: "hold",
      range: "<4",
      reason: "the exporter breaks",
    });
  });

  it.each([
    ["FROM alpine", ["1 docker/library/alpine floating"]],
    ["FROM alpine:latest", ["1 docker/library/alpine latest floating"]],
    ["FROM example.com:5000/a/b:stable", ["1 docker/example.com:5000/a/b stable floating"]],
    ["FROM debian:trixie-slim", ["1 docker/library/debian trixie-slim floating"]],
    ["from debian:13 as debian\nFROM debian\nCOPY --from=0 /a /a", ["1 docker/library/debian 13"]],
    [`FROM alpine@sha256:${ZEROES}`, [`1 docker/library/alpine sha256:${ZEROES}`]],
    [`ARG TAG\nFROM alpine:\${TAG:-3.23}`, ["2 docker/library/alpine 3.23"]],
    ["ARG V=3.23\nFROM alpine:$V\nARG V\nRUN pip install a==$V", ["1 docker/library/alpine 3.23", "1 pypi/a 3.23"]],
    [
      "FROM a:1\nENV V 1.2.3\nADD https://github.com/o/r/archive/$V.zip /",
      ["1 docker/library/a 1", "2 github/o/r 1.2.3"],
    ],
    [
      "FROM a:1\r\nENV V=1.2.3\r\nADD https://github.com/o/r/archive/$V.zip /\r\n",
      ["1 docker/library/a 1", "2 github/o/r 1.2.3"],
    ],
    [
      "# escape=`\nFROM a:1\nRUN curl `\n  https://github.com/o/r/archive/v2.zip",
      ["2 docker/library/a 1", "4 github/o/r v2"],
    ],
    ["FROM a:1\nLABEL source=https://github.com/o/r/archive/v1.0.zip", ["1 docker/library/a 1"]],
    ["FROM a:1\nADD https://github.com/o/r.git#v3.1 /src", ["1 docker/library/a 1", "2 github/o/r v3.1"]],
    ["FROM a:1\nONBUILD RUN pip install b==2", ["1 docker/library/a 1", "2 pypi/b 2"]],
  ])("reads %j", (text, expected) => {
    expect(summary(tree({ Dockerfile: text }))).toEqual(expected);
  });

  it("keeps a stage's variables from the next stage, and hands them to stages built on it", () => {
    const text = "FROM a:1 AS one\nENV V=1.2\nFROM b:1\nRUN pip install x==$V\nFROM one\nRUN pip install y==$V";
    expect(summary(tree({ Dockerfile: text }))).toEqual([
      "1 docker/library/a 1",
      "2 pypi/y 1.2",
      "3 docker/library/b 1",
    ]);
  });

  it("does not edit a version that is composed of several variables", () => {
    const text = "FROM a:1\nENV MAJOR=1 MINOR=2.3\nADD https://github.com/o/r/archive/v$MAJOR.$MINOR.zip /";
    const pin = discover(tree({ Dockerfile: text })).pins.find(({ upstream }) => upstream === "pkg:github/o/r");
    expect(pin).toMatchObject({ text: "v1.2.3", edits: [] });
  });

  it.each([
    ["${REVISION%-*}", "1.27.4"],
    ["${REVISION%%-*}", "1.27.4"],
    ["${REVISION%~*}", "1.27.4-1"],
  ])("follows %s to what is left of the value", (hole, version) => {
    const text = `FROM scratch\nENV REVISION=1.27.4-1~bookworm\nRUN curl -O https://github.com/example/web/archive/${hole}.tar.gz\n`;
    expect(summary(tree({ Dockerfile: text }))).toEqual([`2 github/example/web ${version}`]);
  });

  it("tells a variable that is cut and kept under its own name", () => {
    const text = [
      "FROM scratch",
      "ENV WEB_VERSION 1.27.4",
      "ENV BUILD 1~bookworm",
      'RUN REVISION="${WEB_VERSION}-${BUILD}" && REVISION=${REVISION%~*} \\',
      "  && curl -O https://github.com/example/web/archive/${REVISION}.tar.gz",
    ];
    expect(summary(tree({ Dockerfile: text.join("\n") }))).toEqual(["2 github/example/web 1.27.4-1"]);
  });

  it("finds the version whose dots a tag writes otherwise", () => {
    const text = [
      "FROM scratch",
      "ARG DOCS_VERSION=1.16.1",
      "ENV DOCS_VERSION=$DOCS_VERSION",
      "RUN wget https://github.com/example/docs/releases/download/Release_${DOCS_VERSION//./_}/docs-${DOCS_VERSION}.tgz",
    ];
    expect(summary(tree({ Dockerfile: text.join("\n") }))).toEqual(["2 github/example/docs 1.16.1"]);
  });

  it("gives its variables to the scripts that it copies and runs, and the words it calls them with", () => {
    const files = tree({
      "images/Dockerfile": [
        "FROM scratch",
        'ENV S6_VERSION="v3.2.0.2"',
        "COPY scripts/install_s6.sh /setup/",
        "COPY scripts /opt/scripts",
        "RUN bash /setup/install_s6.sh",
        "RUN /opt/scripts/install_tool.sh 1.8.1 && rm -rf /opt/scripts",
      ].join("\n"),
      "images/scripts/install_s6.sh":
        'S6_VERSION=${1:-${S6_VERSION:-"v2.1.0.2"}}\ncurl -O https://github.com/example/s6/releases/download/${S6_VERSION}/s6.tgz\n',
      "images/scripts/install_tool.sh":
        "VERSION=$1\ncurl -O https://github.com/example/tool/archive/v${VERSION}.tar.gz\n",
    });
    expect(discover(files).problems).toEqual([]);
    expect(discover(files).pins.map(({ path, line, version }) => [path, line, version])).toEqual([
      ["images/Dockerfile", 2, "3.2.0.2"],
      ["images/Dockerfile", 6, "1.8.1"],
      ["images/scripts/install_s6.sh", 1, "2.1.0.2"],
    ]);
  });
});

it("takes a stage that an argument chooses for none of somebody else's", () => {
  const text = "FROM alpine:3.22 AS base-plain\nFROM debian:13 AS base-full\nARG KIND\nFROM base-${KIND} AS final\n";
  expect(discover(tree({ Dockerfile: text })).problems).toEqual([]);
});
