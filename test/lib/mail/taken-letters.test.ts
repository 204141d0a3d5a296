import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isFailure } from "../../../src/lib/failure.ts";
import { takenLetters } from "../../../src/lib/mail/taken-letters.ts";
import { aFolder } from "../../support/folder.ts";

describe("letters that were taken", () => {
  it("are known to every process with the same data directory, until the store knows them", () => {
    const folder = aFolder();
    const [first, second] = [takenLetters(folder), takenLetters(folder)];
    expect(second.has("e-mail/digest/1/ann@example.org")).toBe(false);
    expect(first.note("e-mail/digest/1/ann@example.org")).toBeUndefined();
    expect(second.has("e-mail/digest/1/ann@example.org")).toBe(true);
    expect(second.has("e-mail/digest/1/bob@example.org")).toBe(false);
    second.forget("e-mail/digest/1/ann@example.org");
    expect(first.has("e-mail/digest/1/ann@example.org")).toBe(false);
  });

  it("can be noted and forgotten twice", () => {
    const taken = takenLetters(aFolder());
    for (const _ of [1, 2]) expect(taken.note("key")).toBeUndefined();
    for (const _ of [1, 2]) taken.forget("key");
    expect(taken.has("key")).toBe(false);
  });

  it("are readable by their owner only: keys hold addresses", () => {
    const folder = aFolder();
    takenLetters(folder).note("../../etc/passwd");
    const [name = ""] = readdirSync(join(folder, "taken"));
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(folder, "taken", name)).mode & 0o777).toBe(0o600);
  });

  it("that nobody forgot are dropped after a while", () => {
    const folder = aFolder();
    const taken = takenLetters(folder);
    taken.prune(Date.now());
    taken.note("old");
    const [name = ""] = readdirSync(join(folder, "taken"));
    utimesSync(join(folder, "taken", name), new Date(0), new Date(0));
    taken.note("new");
    taken.prune(Date.now() - 60_000);
    expect([taken.has("old"), taken.has("new")]).toEqual([false, true]);
  });

  it("that cannot be noted are a failure that says where", () => {
    const folder = aFolder();
    writeFileSync(join(folder, "taken"), "a file is in the way");
    const failure = takenLetters(folder).note("key");
    expect(isFailure(failure) && failure.message).toContain(join(folder, "taken"));
  });
});
