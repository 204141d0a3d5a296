import { describe, expect, it } from "vitest";
import { asAsked, createProgram } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

const silent: Terminal = {
  out: () => {},
  raw: () => undefined,
  error: () => {},
  width: 80,
  interactive: false,
  style: (_, text) => text,
};

const program = createProgram({ terminal: silent, finish: () => {} });

describe("the commands", () => {
  it("stand in groups that say what they are about", () => {
    const groups = Map.groupBy(program.commands, (command) => command.helpGroup());
    expect([...groups.keys()]).toEqual([
      "A checkout and its pins:",
      "Decisions, alerts and trust:",
      "Upstreams and their releases:",
      "The service:",
      "What this version knows:",
    ]);
    for (const commands of groups.values()) expect(commands.length).toBeLessThanOrEqual(12);
  });

  it("name the help of the one that was called wrongly", () => {
    for (const command of program.commands) {
      const said: string[] = [];
      command.configureOutput({ writeErr: (text) => void said.push(text) }).exitOverride();
      expect(() => command.parse(["--no-such-option"], { from: "user" })).toThrow();
      expect(said.join("")).toContain(`(headgate ${command.name()} --help says what it takes, with examples)`);
    }
  });

  it("each say in one line what they do, and have a name of their own", () => {
    const names = program.commands.map((command) => command.name());
    expect(new Set(names).size).toBe(names.length);
    expect(program.commands.filter((command) => command.description().trim() === "")).toEqual([]);
  });
});

describe("help", () => {
  it.each([["help", "plann"], ["plann", "--help"], ["plann", "-h"], ["plann"]])(
    "of a name that there is not says so: %s %s",
    (...args) => {
      const said: string[] = [];
      const asked = createProgram({ terminal: silent, finish: () => {} }).configureOutput({
        writeErr: (text) => void said.push(text),
      });
      expect(() => asked.parse(asAsked(asked, args), { from: "user" })).toThrow();
      expect(said.join("")).toMatch(/unknown command 'plann'[\s\S]*Did you mean plan\?/);
    },
  );

  it("leaves every other call as it is", () => {
    for (const args of [[], ["help"], ["help", "help"], ["--version"], ["plan", "--json"], ["help", "--help"]])
      expect(asAsked(program, args)).toEqual(args);
    expect(asAsked(program, ["help", "plan"])).toEqual(["plan", "--help"]);
  });
});
