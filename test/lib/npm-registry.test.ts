import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { npmRegistry } from "../../src/lib/npm-registry.ts";

describe("the npm registry", () => {
  it("is the one of the user's npm configuration", async () => {
    const asked = execFileSync("npm", ["config", "get", "registry"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(`${await npmRegistry()}/`).toBe(`${asked.trim().replace(/\/+$/, "")}/`);
  });
});
