import { describe, expect, it } from "vitest";
import { discover } from "../../../../src/discover/discover.ts";
import { covered, pinNamed, summary, tree } from "../../support.ts";

const HEX = "5e".repeat(32);
const COMMIT = "c0".repeat(20);
const packageOf = (lines: readonly string[]) => tree({ "net/tool/Makefile": text(lines) });
const text = (lines: readonly string[]) =>
  `include $(TOPDIR)/rules.mk\n\nPKG_NAME:=tool\nPKG_RELEASE:=2\n${lines.join("\n")}\n\ninclude $(INCLUDE_DIR)/package.mk\n`;

const archive = [
  "PKG_VERSION:=1.4.2",
  "PKG_SOURCE:=$(PKG_NAME)-$(PKG_VERSION).tar.gz",
  "PKG_SOURCE_URL:=https://codeload.github.com/example/tool/tar.gz/v$(PKG_VERSION)?",
  `PKG_HASH:=${HEX}`,
];

describe("a package of OpenWrt", () => {
  it("moves its version together with the hash of its archive", () => {
    const files = packageOf(archive);
    expect(discover(files).pins).toHaveLength(1);
    const pin = pinNamed(files, "PKG_VERSION");
    expect(covered(files, pin)).toEqual([`version 1.4.2 → {version}`, `checksum ${HEX} → {hex}`]);
    expect(pin.edits[1]?.of?.url).toBe(
      "https://codeload.github.com/example/tool/tar.gz/v{version}?/tool-{version}.tar.gz",
    );
  });

  it.each([
    [
      "a group of mirrors",
      ["PKG_VERSION:=1.4.2", "PKG_SOURCE:=tool-$(PKG_VERSION).tar.xz", "PKG_SOURCE_URL:=@GNU/$(PKG_NAME)"],
      ["5 generic/tool?repository_url=ftp.gnu.org 1.4.2"],
    ],
    [
      "the first of several addresses",
      [
        "PKG_VERSION:=1.4.2",
        "PKG_SOURCE:=tool-$(PKG_VERSION).tar.xz",
        "PKG_SOURCE_URL:= \\\n\thttps://example.org/files/ \\\n\thttps://mirror.example.org/",
      ],
      ["5 generic/tool?repository_url=example.org 1.4.2"],
    ],
    ["PyPI", ["PKG_VERSION:=1.4.2", "PYPI_NAME:=example-tool", `PKG_HASH:=${HEX}`], ["5 pypi/example-tool 1.4.2"]],
    ["PyPI under its own name", ["PKG_VERSION:=1.4.2", "PYPI_NAME:=$(PKG_NAME)"], ["5 pypi/tool 1.4.2"]],
    ["its own sources", ["PKG_VERSION:=1.4.2"], []],
    [
      "a tag",
      ["PKG_SOURCE_PROTO:=git", "PKG_SOURCE_URL:=https://github.com/example/tool.git", "PKG_SOURCE_VERSION:=v1.4.2"],
      ["7 github/example/tool v1.4.2"],
    ],
  ])("is taken from %s", (_, lines, expected) => {
    expect(summary(packageOf(lines))).toEqual(expected);
  });

  it("says that only OpenWrt knows the hash of what it packs of a commit", () => {
    const [pin] = discover(
      packageOf([
        "PKG_SOURCE_PROTO:=git",
        "PKG_SOURCE_URL=https://github.com/example/tool",
        `PKG_SOURCE_VERSION:=${COMMIT}`,
        `PKG_MIRROR_HASH:=${HEX}`,
      ]),
    ).pins;
    expect(pin).toMatchObject({ upstream: "pkg:github/example/tool", digest: COMMIT, line: 7 });
    expect(pin?.edits.map(({ role, of }) => [role, of?.url])).toEqual([
      ["digest", undefined],
      ["checksum", "$(make package/check FIXUP=1)"],
    ]);
  });

  it("is no Makefile that only has variables of these names", () => {
    expect(summary(tree({ Makefile: `PKG_SOURCE_URL=https://example.org\nPKG_SOURCE=tool-1.4.2.tar.gz\n` }))).toEqual(
      [],
    );
  });
});
