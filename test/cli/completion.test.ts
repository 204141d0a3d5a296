import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { EXAMPLES } from "../../src/cli/examples.ts";
import { REPORTS } from "../../src/views/reports.ts";
import { headgate } from "../support/command.ts";
import { aFolder } from "../support/folder.ts";

let script = "";
beforeAll(async () => {
  script = (await headgate(["completion", "bash"])).out;
});

/** What bash would offer for the last of these words. */
function offered(...words: string[]): string[] {
  const folder = aFolder();
  writeFileSync(join(folder, "completion"), script);
  const ask = `compopt() { :; }; source ./completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _headgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["-c", ask, "bash", ...words], { cwd: folder, encoding: "utf8" });
  return out.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  it("offers commands, then the options of the one that stands there", () => {
    expect(offered("headgate", "do")).toEqual(["doctor"]);
    expect(offered("headgate", "")).toEqual(expect.arrayContaining(["plan", "export", "init", "completion"]));
    expect(offered("headgate", "digest", "--")).toEqual(["--config", "--preview", "--help"]);
  });

  it("offers what an option may be, and every report there is", () => {
    expect(offered("headgate", "run", "--role", "")).toEqual(["all", "scheduler", "worker", "web"]);
    expect(offered("headgate", "export", "-f", "")).toEqual(REPORTS.map(({ id }) => id));
    expect(offered("headgate", "completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  });

  it("leaves files to bash", () => {
    expect(offered("headgate", "plan", "some")).toEqual([]);
  });
});

it.each(["zsh", "fish"])("there is a script for %s with every command", async (shell) => {
  const { code, out } = await headgate(["completion", shell]);
  expect(code).toBe(0);
  for (const command of offered("headgate", "").filter((word) => /^[a-z]/.test(word) && word !== "help"))
    expect(out).toContain(command);
});

describe("examples in help", () => {
  it("are there for every command, and for nothing else", () => {
    const commands = offered("headgate", "").filter((word) => /^[a-z]/.test(word) && word !== "help");
    expect(Object.keys(EXAMPLES).sort()).toEqual([...commands].sort());
  });

  it("use options that the command has", () => {
    for (const example of Object.values(EXAMPLES).flat()) {
      const [, command = "", rest = ""] = /headgate ([a-z-]+)(.*)/.exec(example) ?? [];
      const bare = rest.replace(/"[^"]*"/g, "").replace(/[|>].*/, "");
      const options = [...bare.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)].map(([option]) => option);
      const known = offered("headgate", command, "-");
      expect(
        options.filter((option) => !known.includes(option)),
        example,
      ).toEqual([]);
    }
  });

  it("are printed below the options", async () => {
    const { out } = await headgate(["export", "--help"]);
    expect(out).toMatch(/Examples:\n {2}headgate export \. --format sarif/);
  });
});
