import { describe, expect, it } from "vitest";
import { groupUnchecked } from "../../src/domain/digest.ts";

const numpy = {
  subject: "numpy",
  reason: "pypi.org/simple/numpy/ could not be reached: its name has no address (ENOTFOUND)",
};
const django = { subject: "django", reason: "pypi.org/simple/django/ did not answer in time" };
const left = (subject: string, last: string) => ({
  subject,
  reason: `pypi.org is left alone for a while: it failed again and again; the last: pypi.org/simple/${last}/ could not be reached`,
  retryAt: "2026-11-20T12:05:00.000Z",
});

describe("what could not be checked", () => {
  it("is one entry per host that gives no answer, whatever was asked of it and however it failed", () => {
    const [one, ...others] = groupUnchecked([numpy, django, left("flask", "flask"), left("redis", "redis")]);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ subject: "numpy, django and 2 more", retryAt: "2026-11-20T12:05:00.000Z" });
    expect(one?.reason).toBe("pypi.org could not be reached: its name has no address (ENOTFOUND)");
  });

  it("is told apart by the host, and by the reason where a host answered", () => {
    const osv = { subject: "numpy@1", reason: "advisories: api.osv.dev/v1/querybatch could not be reached" };
    const gone = { subject: "tool", reason: "pypi.org answered 404: there is no such package." };
    const reasons = groupUnchecked([numpy, osv, gone, { ...gone, subject: "other" }]).map(({ subject }) => subject);
    expect(reasons).toEqual(["numpy", "numpy@1", "tool, other"]);
  });

  it("says what happened last where a host is left alone, and not what was asked of it then", () => {
    const [one] = groupUnchecked([
      { ...left("flask", "flask"), reason: `end of support: ${left("", "flask").reason}: nothing listens there` },
    ]);
    expect(one?.reason).toBe("end of support: pypi.org could not be reached: nothing listens there");
  });
});
