import { expect, it } from "vitest";
import { fixture, summary, tree } from "../support.ts";

it("tells the image and the features of a development container, comments left out", () => {
  expect(summary([fixture("devcontainer", "devcontainer.json")])).toEqual([
    "4 docker/mcr.microsoft.com/devcontainers/python 3.14-bookworm",
    "7 docker/ghcr.io/devcontainers/features/node 1",
    "8 docker/ghcr.io/devcontainers/features/docker-in-docker 2.12.4",
  ]);
});

it.each(["/*a".repeat(50_000), '"\\\\'.repeat(50_000), '"image'.repeat(20_000), '"a.b/c:'.repeat(20_000)])(
  "reads %.12s… without harm",
  (text) => {
    expect(summary(tree({ "devcontainer.json": text }))).toEqual([]);
  },
);
