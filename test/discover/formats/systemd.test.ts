import { describe, expect, it } from "vitest";
import { fixture, pinNamed, summary, tree } from "../support.ts";

describe("a systemd unit", () => {
  it("names the image that Podman runs", () => {
    expect(summary([fixture("systemd", "web.container")])).toEqual(["7 docker/library/nginx 1.27.2"]);
  });

  it("names the images that its commands run, by the variables that it sets", () => {
    const files = [fixture("systemd", "cache.service")];
    expect(summary(files)).toEqual(["2 docker/valkey/valkey 8.0.1"]);
    expect(pinNamed(files, "VERSION").linked.map(({ line }) => line)).toEqual([4, 7]);
  });

  it.each([
    ["app.container", "Image=app.build"],
    ["app.container", "#Image=docker.io/library/a:1"],
    ["app.service", "Image=docker.io/library/a:1"],
    ["app.image", "\0Image=docker.io/library/a:1"],
  ])("is silent about %s with %s", (path, text) => {
    expect(summary(tree({ [path]: text }))).toEqual([]);
  });
});
