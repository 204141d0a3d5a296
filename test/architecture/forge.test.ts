import { describe, expect, it } from "vitest";
import { OUR_IMPORTS, placeOf } from "../support/source-graph.ts";

describe("a forge", () => {
  it("is known to channels and flow by its type alone: they load no client of one", () => {
    const clients = OUR_IMPORTS.filter(({ to }) => /^lib\/(?:github\/|forgejo\/|trees\/github|forges)/.test(to));
    expect(clients.length).toBeGreaterThan(20);
    const wrong = clients.filter(
      ({ from, typeOnly }) => placeOf(from) === "deliver" || (placeOf(from) === "flow" && !typeOnly),
    );
    expect(wrong).toEqual([]);
  });
});
