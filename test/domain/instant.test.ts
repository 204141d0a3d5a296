import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { between, DAY, earliest, latest, plus, toInstant } from "../../src/domain/instant.ts";

describe("an instant", () => {
  it.each([
    ["2026-11-06T22:37:09.220617Z", "2026-11-06T22:37:09.220Z"],
    ["2026-11-06T22:37:09+02:00", "2026-11-06T20:37:09.000Z"],
    ["Fri, 06 Nov 2026 22:37:09 GMT", "2026-11-06T22:37:09.000Z"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
    ["soon", undefined],
  ])("is read from %s", (written, instant) => {
    expect(toInstant(written)).toBe(instant);
  });

  it("is read from plain dates as from all others", () => {
    const time = fc.date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(time, fc.nat({ max: 9 }), (date, digits) => {
        const whole = date.toISOString();
        const fraction = digits === 0 ? "" : `.${`${whole.slice(20, 23)}456789`.slice(0, digits)}`;
        const written = `${whole.slice(0, 19)}${fraction}Z`;
        expect(toInstant(written)).toBe(new Date(written).toISOString());
      }),
    );
  });

  it.each(["2026-02-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-10T24:30:00Z", "2026-02-10T10:61:00Z"])(
    "makes of %s what a date makes of it",
    (written) => {
      const date = new Date(written);
      expect(toInstant(written)).toBe(Number.isNaN(date.getTime()) ? undefined : date.toISOString());
    },
  );

  it("orders as text as it does as time, and sums come back as differences", () => {
    const day = fc.integer({ min: 0, max: 30_000 });
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [one, other] = [plus("2000-01-01T00:00:00.000Z", a * DAY), plus("2000-01-01T00:00:00.000Z", b * DAY)];
        expect(one < other).toBe(a < b);
        expect(between(one, other)).toBe((b - a) * DAY);
      }),
    );
  });

  it("has an earlier and a later one, of which either may be unknown", () => {
    const [early, late] = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"];
    expect([latest(early, late), latest(undefined, early), latest(late, undefined)]).toEqual([late, early, late]);
    expect([earliest(early, late), earliest(undefined, late), earliest(early, undefined)]).toEqual([
      early,
      late,
      early,
    ]);
  });
});
