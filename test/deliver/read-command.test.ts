import { describe, expect, it } from "vitest";
import { readCommand } from "../../src/deliver/read-command.ts";

describe("a comment", () => {
  it.each([
    ["/headgate hold the API changed", { action: "hold", reason: "the API changed" }],
    ["Thanks!\n\n/headgate skip   we use another tool  \nmore text", { action: "skip", reason: "we use another tool" }],
    ["/Headgate APPROVE read the diff", { action: "approve", reason: "read the diff" }],
    ["/headgate reopen", { action: "reopen", reason: "" }],
  ])("%j asks for it", (body, command) => {
    expect(readCommand(body)).toEqual(command);
  });

  it.each([
    "please /headgate hold this",
    "> /headgate hold quoted",
    "    /headgate hold indented",
    "```\n/headgate hold code\n```",
    "~~~\n/headgate hold code\n~~~",
    "/headgatehold no",
    "/headgate holding no",
    "/headgate delete everything",
    "",
  ])("%j asks for nothing", (body) => {
    expect(readCommand(body)).toBeUndefined();
  });
});
