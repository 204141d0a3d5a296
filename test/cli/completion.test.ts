import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { EXAMPLES } from "../../src/cli/examples.ts";
import { REPORT_IDS } from "../../src/views/reports.ts";
import { headgate } from "../support/command.ts";
import { aFolder } from "../support/folder.ts";
import { missing, type } from "../support/typing.ts";

const written = { bash: "", zsh: "", fish: "" };
beforeAll(async () => {
  const each = (["bash", "zsh", "fish"] as const).map(async (shell) => {
    written[shell] = (await headgate(["completion", shell])).out;
  });
  await Promise.all(each);
});

/** What bash would offer for the last of these words. */
function offered(...words: string[]): string[] {
  const folder = aFolder();
  writeFileSync(join(folder, "completion"), written.bash);
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
    expect(offered("headgate", "export", "--format", "=", "js")).toEqual(["json"]);
    expect(offered("headgate", "export", "-f", "")).toEqual(REPORT_IDS);
    expect(offered("headgate", "completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  });

  it("leaves files to bash", () => {
    expect(offered("headgate", "plan", "some")).toEqual([]);
  });
});

/** The scripts in a folder, with one file to be completed. */
function scripts(): string {
  const { bash, zsh, fish } = written;
  const files = { "completion.bash": bash, "completion.zsh": zsh, "completion.fish": fish, "zfunc/_headgate": zsh };
  return aFolder({ ...files, "a-report.json": "{}" });
}

/** What a person types, and what then stands there. */
const TYPED = [
  ["headgate doct\t", "headgate doctor "],
  ["headgate export --form\t", "headgate export --format "],
  ["headgate export -f cyc\t", "headgate export -f cyclonedx "],
  ["headgate run --role sch\t", "headgate run --role scheduler "],
  ["headgate completion fi\t", "headgate completion fish "],
  ["headgate help doct\t", "headgate help doctor "],
  ["headgate import a-rep\t", "headgate import a-report.json "],
  ["headgate --vers\t", "headgate --version "],
] as const;

describe.each([
  ["bash", ["source ./completion.bash"]],
  ["zsh", ["autoload -Uz compinit; compinit -u -D", "source ./completion.zsh"]],
] as const)("typing in a real %s", (shell, before) => {
  const reason = missing(shell, "script");

  it.skipIf(reason)(`completes commands, options, what they may be, and files${because(reason)}`, async () => {
    const typed = TYPED.map(([keys, shown]) => ({ keys, shows: [shown] }));
    const all = { keys: "headgate export --format \t\t", shows: REPORT_IDS };
    const shown = await type(shell, before, [...typed, all], scripts());
    for (const [index, [, expected]] of TYPED.entries()) expect(shown[index]).toContain(expected);
    for (const id of REPORT_IDS) expect(shown.at(-1)).toContain(id);
  });
});

describe("zsh", () => {
  const reason = missing("zsh", "script");
  it.skipIf(reason)(`completes from a file in its fpath, the first time too${because(reason)}`, async () => {
    const before = ["fpath=(./zfunc $fpath)", "autoload -Uz compinit; compinit -u -D"];
    const shown = await type("zsh", before, [{ keys: "headgate doct\t", shows: ["headgate doctor "] }], scripts());
    expect(shown[0]).toContain("headgate doctor ");
  });

  it.skipIf(reason)(`says what options are, with their marks${because(reason)}`, async () => {
    const before = ["autoload -Uz compinit; compinit -u -D", "source ./completion.zsh"];
    const words = "write it as HTML (or .txt, .md by the file's ending) and send nothing";
    const shown = await type("zsh", before, [{ keys: "headgate digest --\t\t", shows: [words] }], scripts());
    expect(shown[0]).toContain(words);
  });
});

describe("fish", () => {
  const reason = missing("fish");
  const complete = (line: string) => {
    const folder = scripts();
    const ask = ["-c", 'source ./completion.fish; complete -C "$argv[1]"', line];
    const environment = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
    return execFileSync("fish", ask, { cwd: folder, encoding: "utf8", env: environment });
  };

  it.skipIf(reason).each(TYPED)(`offers for %j what makes it %j${because(reason)}`, (typed, expected) => {
    const words = complete(typed.replace("\t", ""))
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]);
    expect(words).toEqual([expected.trim().split(" ").at(-1)]);
  });

  it.skipIf(reason)(`offers every report, and says what a command is for${because(reason)}`, () => {
    for (const id of REPORT_IDS) expect(complete("headgate export --format ")).toContain(id);
    expect(complete("headgate dashb")).toBe(
      "dashboard\twhere the running daemon's dashboard is, with a link that logs in once\n",
    );
  });
});

function because(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason})`;
}

it.each(["zsh", "fish"] as const)("there is a script for %s with every command", (shell) => {
  for (const command of offered("headgate", "").filter((word) => /^[a-z]/.test(word)))
    expect(written[shell]).toContain(command);
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
