import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { FetchResponse } from "../../../src/lib/fetcher.ts";
import { failureOfStatus, readJson } from "../../../src/lib/http/status.ts";

function answer(status: number, headers: Record<string, string> = {}, body = ""): FetchResponse {
  return { status, url: "https://api.example.org/things?token=secret", headers, body: new TextEncoder().encode(body) };
}

describe("failureOfStatus", () => {
  it.each([
    [304, "unreadable"],
    [400, "unreadable"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not-found"],
    [408, "timeout"],
    [409, "conflict"],
    [410, "gone"],
    [413, "too-large"],
    [429, "rate-limited"],
    [451, "gone"],
    [500, "unavailable"],
    [504, "unavailable"],
  ])("reads %i as %s", (status, code) => {
    expect(failureOfStatus(answer(status), "the thing").code).toBe(code);
  });

  it.each([
    ["Retry-After", { "retry-after": "60" }],
    ["GitHub's used-up budget", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4000000000" }],
  ])("reads 403 with %s as a rate limit that ends", (_name, headers) => {
    const failure = failureOfStatus(answer(403, headers as Record<string, string>), "the thing");
    expect(failure.code).toBe("rate-limited");
    expect(failure.retryAt).toMatch(/^\d{4}-/);
  });

  it("says what was asked for and who answered, without the query", () => {
    expect(failureOfStatus(answer(404), "the thing").message).toBe("the thing: api.example.org answered 404");
  });

  it("does not send anybody back into the past", () => {
    const past = { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" };
    expect(failureOfStatus(answer(429, past), "the thing").retryAt).toBeUndefined();
  });
});

describe("readJson", () => {
  const schema = z.object({ name: z.string(), inner: z.object({ count: z.number() }) });

  it("gives the checked value", () => {
    expect(readJson(answer(200, {}, '{"name":"x","inner":{"count":1},"more":true}'), schema)).toEqual({
      name: "x",
      inner: { count: 1 },
    });
  });

  it.each([
    ["not JSON", "<html>", "not JSON"],
    ["cut short", '{"name":"x"', "not JSON"],
    ["of another shape", '{"name":"x","inner":{"count":"1"}}', "inner.count"],
  ])("is unreadable for what is %s, and says where", (_name, body, message) => {
    expect(readJson(answer(200, {}, body), schema)).toMatchObject({
      code: "unreadable",
      message: expect.stringContaining(message),
    });
  });
});
