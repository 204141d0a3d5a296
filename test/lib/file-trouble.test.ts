import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { fileTrouble } from "../../src/lib/file-trouble.ts";

const folder = mkdtempSync(join(tmpdir(), "headgate-trouble-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["a file that is not there", "nothing", "it does not exist"],
  ["a folder", "", "it is a folder"],
  ["a file below a file", "file/below", "a part of its path is no folder"],
])("says of %s why it cannot be read", (_, path, why) => {
  writeFileSync(join(folder, "file"), "");
  const read = () => readFileSync(join(folder, path));
  expect(read).toThrow();
  try {
    read();
  } catch (error) {
    expect(fileTrouble(error)).toBe(why);
  }
});

it("leaves an error that is not of files as it is", () => expect(fileTrouble(new Error("odd"))).toBe("odd"));
