import { describe, expect, it } from "vitest";
import { proofsIn, withoutEcho } from "../../../src/lib/http/echo.ts";

const basic = (login: string) => `Basic ${Buffer.from(login).toString("base64")}`;

describe("what proves who asks", () => {
  it("is the value of a credential header without its scheme, and a Basic login also in clear", () => {
    expect(proofsIn({ authorization: "Bearer abcdefgh", accept: "text/plain" })).toEqual(["abcdefgh"]);
    expect(proofsIn({ authorization: basic("robot:hunter22") }).sort()).toEqual([
      "cm9ib3Q6aHVudGVyMjI=",
      "hunter22",
      "robot:hunter22",
    ]);
  });

  it("is left where it is when it is so short that it would be found in common words", () => {
    expect(proofsIn({ authorization: "Bearer abc" })).toEqual([]);
  });
});

describe("an answer that repeats its request's credential", () => {
  it("keeps its length and its JSON, and loses the credential everywhere", () => {
    const body = Buffer.from(JSON.stringify({ message: "no secret-1 and secret-1", ok: true }));
    const answer = withoutEcho({ headers: { location: "/?t=secret-1" }, body, status: 200 }, ["secret-1"]);
    expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual({ message: "no ******** and ********", ok: true });
    expect(answer).toMatchObject({ headers: { location: "/?t=********" }, status: 200 });
    expect(body.toString()).toContain("secret-1");
  });

  it("is passed on as it is when it does not", () => {
    const body = Buffer.from("nothing here");
    expect(withoutEcho({ headers: {}, body }, ["secret-1"]).body).toBe(body);
  });
});
