import { describe, expect, it } from "vitest";
import { sayLast } from "../../src/cli/last-words.ts";

describe("an error that nobody foresaw", () => {
  it("ends the program with a code of its own, and says the stack but nothing that hangs on the error", () => {
    const error = Object.assign(new Error("redis://:hunter22@cache is gone"), {
      command: { name: "auth", args: ["hunter33"] },
    });
    let said = "";
    expect(sayLast(error, (text) => (said += text))).toBe(70);
    expect(said).toMatch(/is gone[\s\S]*last-words\.test\.ts/);
    expect(said).not.toMatch(/hunter/);
  });

  it("is said also when it is no error", () => {
    let said = "";
    sayLast("just words", (text) => (said += text));
    expect(said).toContain("just words");
  });
});
