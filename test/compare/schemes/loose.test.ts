import { describe, expect, it } from "vitest";
import { loose } from "../../../src/compare/schemes/loose.ts";

describe("loose versions", () => {
  it.each([
    ["25.09.0", "25.10.0"],
    ["1.27.1.2", "1.29.2.1"],
    ["v0.19.0", "v0.19.1"],
    ["9.9p1", "9.9p2"],
    ["1.31.0+k3s1", "1.31.0+k3s2"],
    ["v4", "v5"],
    ["3.10", "3.10.1"],
    ["2026-01-15", "2026-02-01"],
    ["20230131", "20240601"],
    ["4.0.0-alpha.8", "4.0.0"],
    ["1.0.0-rc.9", "1.0.0-rc.10"],
    ["1.2.3-rc1", "1.2.3-1"],
  ])("%s may become %s", (current, candidate) => {
    expect(loose.sameTrack(current, candidate)).toBe(true);
    expect(loose.compare(current, candidate)).toBeLessThan(0);
  });

  it.each([
    ["v4", "v5.0.0"],
    ["4.1.7", "5"],
    ["24.04", "26.04-arm"],
    ["1.2.3-linux-amd64", "1.2.4-linux-arm64"],
    ["1.2.3", "20240601"],
    ["3", "20240601"],
  ])("%s never becomes %s", (current, candidate) => {
    expect(loose.sameTrack(current, candidate)).toBe(false);
  });

  it.each(["debian/1%20230131", "release-1.2", "main", "f95db51fddba0c2d1ec667646a06c2ce06100226", "1.2.3 beta"])(
    "no order is known for %s",
    (text) => {
      expect(loose.isVersion(text)).toBe(false);
      expect(loose.compare(text, "1.0")).toBeUndefined();
    },
  );

  it("counts missing numbers as zero", () => {
    expect(loose.compare("1.0", "1.0.0")).toBe(0);
    expect(loose.compare("1.0.Final", "1.0")).toBe(0);
  });

  it("does not call the turn of a year a major step", () => {
    expect(loose.step("2025.11.12", "2026.1.1")).toBe("other");
    expect(loose.step("20251112", "20260101")).toBe("other");
    expect(loose.step("25.09.0", "26.01.0")).toBe("major");
  });
});
