import { describe, expect, it } from "vitest";
import { cvssBaseScore, severityOfScore } from "../../../src/lib/advisories/cvss.ts";

describe("a CVSS vector", () => {
  it.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8],
    ["CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L", 3.7],
    ["CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", undefined],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", undefined],
    ["9.8", undefined],
    ["", undefined],
  ])("%s has the base score %s", (vector, score) => {
    expect(cvssBaseScore(vector)).toBe(score);
  });

  it.each([
    [9, "critical"],
    [8.9, "high"],
    [6.9, "medium"],
    [3.9, "low"],
  ])("a score of %f is %s", (score, severity) => {
    expect(severityOfScore(score)).toBe(severity);
  });
});
