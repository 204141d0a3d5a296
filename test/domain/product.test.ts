import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { VERSION } from "../../src/domain/product.ts";

it("the version is the package's", () => {
  const read = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  expect((JSON.parse(read) as { version: string }).version).toBe(VERSION);
});
