import fc from "fast-check";
import { expect, it } from "vitest";
import type { Variable } from "../../../src/discover/format.ts";
import { definedNames, lastBeforeIn, lastElsewhere } from "../../../src/discover/resolve/definitions.ts";

const aVariable = fc.record({
  name: fc.constantFrom("A", "B"),
  scope: fc.constantFrom("stage-0", undefined),
  start: fc.nat(20),
  always: fc.boolean(),
});

it("finds what looking through the whole list would find, in whatever order things stand", () => {
  fc.assert(
    fc.property(
      fc.array(aVariable, { maxLength: 30 }),
      fc.nat(22),
      fc.constantFrom("stage-0", undefined),
      (list, place, scope) => {
        const variables = list.map(({ start, always, scope: own, ...rest }): Variable => {
          const value = { start, end: start, pieces: [] };
          return { ...rest, value, ...(own === undefined ? {} : { scope: own }), ...(always ? { always } : {}) };
        });
        const names = definedNames(variables);
        const same = variables.filter((one) => one.name === "A" && one.scope === scope);
        expect(lastBeforeIn(names, "A", scope, place)).toBe(
          same.findLast(({ always, value }) => always === true || value.start < place),
        );
        expect(lastElsewhere(names, "A", scope, place)).toBe(same.findLast(({ value }) => value.start !== place));
      },
    ),
  );
});
