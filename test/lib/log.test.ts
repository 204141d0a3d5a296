import { describe, expect, it } from "vitest";
import { Failure } from "../../src/lib/failure.ts";
import { createLog, type LogLevel, withoutValues } from "../../src/lib/log.ts";

function lines(json: boolean, level: LogLevel = "info") {
  const written: string[] = [];
  return { written, log: createLog({ json, level, write: (line) => written.push(line) }) };
}

describe("a log", () => {
  it("writes one JSON object per line for programs", () => {
    const { written, log } = lines(true);
    log.warn("pkg:pypi/x: no answer", { retryAt: "2026-11-20T12:00:00.000Z", error: new Failure("timeout", "slow") });
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? "")).toEqual({
      time: expect.any(String),
      level: "warn",
      message: "pkg:pypi/x: no answer",
      retryAt: "2026-11-20T12:00:00.000Z",
      error: { name: "Failure", message: "slow", code: "timeout" },
    });
  });

  it("writes short lines for people", () => {
    const { written, log } = lines(false);
    log.info("Watching 3 projects.");
    log.error("Stopped.", { exit: 1, signal: undefined });
    expect(written[0]).toMatch(/^\d\d:\d\d:\d\d Watching 3 projects\.\n$/);
    expect(written[1]).toMatch(/^\d\d:\d\d:\d\d error: Stopped\. {2}exit=1\n$/);
  });

  it.each([
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["silent", []],
  ] as const)("from %s on writes only what is as grave", (level, expected) => {
    const { written, log } = lines(true, level);
    for (const at of ["info", "warn", "error"] as const) log[at]("x");
    expect(written.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  it.each([true, false])("stays on its line and moves no cursor, whatever it is given (JSON: %s)", (json) => {
    const { written, log } = lines(json);
    log.info("a\nb\u001b[2J\u009b1m\u202e\u061c\u200f\u{e0041}", { name: "c\r\nd" });
    expect(written.join("")).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202e\u061c\u200f\u{e0041}]*\n$/u);
  });

  it("writes no secret, in message or data", () => {
    const token = `ghp_${"a1".repeat(18)}`;
    for (const json of [true, false]) {
      const { written, log } = lines(json);
      log.error(`clone https://user:hunter2@example.org/x with ${token}`, {
        cause: new Error("refused", { cause: `Authorization: Bearer ${token}` }),
        smtpPassword: "hunter2",
      });
      expect(written.join("")).not.toMatch(/hunter2|a1a1a1/);
      expect(written.join("")).toContain("example.org");
    }
  });
});

describe("a log that knows what the environment holds", () => {
  it("leaves those texts out wherever they are, errors and their causes included", () => {
    const lines: string[] = [];
    const log = withoutValues(createLog({ json: true, level: "info", write: (line) => lines.push(line) }), [
      "plain words",
      "x",
    ]);
    const error = new Error("no plain words", { cause: new Error("plain words below") });
    log.error("said plain words", { error, list: [{ key: "plain words" }], other: "x", "plain words": 1 });
    expect(lines.join()).not.toContain("plain words");
    expect(lines.join()).toContain("below");
    expect(lines.join()).toContain('"x"');
  });
});
