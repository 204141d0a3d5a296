import { describe, expect, it } from "vitest";
import { OUR_IMPORTS, placeOf, SOURCE_FILES, textOf } from "../support/source-graph.ts";

describe("a forge", () => {
  it("is known to channels and flow by its type alone: they load no client of one", () => {
    const clients = OUR_IMPORTS.filter(({ to }) =>
      /^lib\/(?:github\/|forgejo\/|gitlab\/|trees\/github|forge\/forges)/.test(to),
    );
    expect(clients.length).toBeGreaterThan(20);
    const wrong = clients.filter(
      ({ from, typeOnly }) => placeOf(from) === "deliver" || (placeOf(from) === "flow" && !typeOnly),
    );
    expect(wrong).toEqual([]);
  });

  it("is written to from these places alone", () => {
    const writes = /\bforge\.(?:commit|open|update|decorate|comment|close|reopen|deleteBranch|autoMerge|setStatus)\(/;
    const writers = SOURCE_FILES.filter((path) => !path.startsWith("lib/") && writes.test(textOf(path).text));
    expect(writers).toEqual([
      "deliver/pull-request/write.ts",
      "deliver/retire.ts",
      "flow/deliver/read-pull-requests.ts",
      "flow/deliver/record-commands.ts",
      "flow/deliver/retire-pull-requests.ts",
    ]);
  });
});
