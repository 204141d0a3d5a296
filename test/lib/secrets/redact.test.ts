import { describe, expect, it } from "vitest";
import { redact, redactText } from "../../../src/lib/secrets/redact.ts";

const BODY = "x1Y2".repeat(9);

describe("taking secrets out of a text", () => {
  it.each([
    [`token ghp_${BODY}`, "token [secret]"],
    [`ghs_${BODY} and gho_${BODY}`, "[secret] and [secret]"],
    [`github_pat_${BODY}_${BODY}`, "[secret]"],
    ["postgres://headgate:p%40ss:w0rd@db:5432/x", "postgres://headgate:[secret]@db:5432/x"],
    [`ghs_1_${BODY.repeat(20)}.${BODY}-${BODY}`, "[secret]"],
    [`glpat-${BODY} npm_${BODY} dckr_pat_${BODY}`, "[secret] [secret] [secret]"],
    [`GitLab refused glpat-${BODY}.01.0w1abcdef9. Make another`, "GitLab refused [secret]. Make another"],
    [`glcbt-${BODY}, glrtr-${BODY}; gladly-${BODY}`, `[secret], [secret]; gladly-${BODY}`],
    [`eyJ${BODY}.eyJ${BODY}.${BODY}`, "[secret]"],
    ["postgres://headgate:p@ss@w0rd@db/x", "postgres://headgate:[secret]@db/x"],
    [`https://${BODY}@git.example.org/a`, "https://[secret]@git.example.org/a"],
    ["https://s3.example.org/a?X-Amz-Signature=0123&b=1", "https://s3.example.org/a?X-Amz-Signature=[secret]&b=1"],
    ["https://x.example.org/?access_token=abc", "https://x.example.org/?access_token=[secret]"],
    ["redis://:hunter2@cache", "redis://:[secret]@cache"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [secret]"],
    ['{"authorization":"Bearer abc.def"}', '{"authorization":"Bearer [secret]"}'],
    [`sent Bearer ${BODY}`, "sent Bearer [secret]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "[secret]-----END RSA PRIVATE KEY-----"],
  ])("%j becomes %j", (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each([
    "https://github.com/example/tool/releases/tag/v1.0.0",
    "http://127.0.0.1:8080/path@2",
    "pkg:docker/library/debian@sha256:0123",
    "2026-11-20T12:00:00Z user@example.org said: basic authentication",
  ])("%j stays as it is", (text) => {
    expect(redactText(text)).toBe(text);
  });

  it("takes time in proportion to the text, whatever it is", () => {
    const hostile = ["a.", "a://", "a://b:", "Authorization:", "-----BEGIN ", "bearer "].map((part) =>
      part.repeat(30_000),
    );
    for (const text of hostile) expect(redactText(text).length).toBeGreaterThan(0);
  });
});

describe("taking secrets out of data", () => {
  it("goes by the name as well as by the shape", () => {
    expect(redact({ apiToken: "abc", nested: [{ password: "x", user: "y" }], tokens: 3 })).toEqual({
      apiToken: "[secret]",
      nested: [{ password: "[secret]", user: "y" }],
      tokens: 3,
    });
  });

  it("ends, however deep or circular the data is", () => {
    const circle: Record<string, unknown> = { a: 1n };
    circle.self = circle;
    expect(JSON.stringify(redact(circle))).toContain("…");
  });
});
