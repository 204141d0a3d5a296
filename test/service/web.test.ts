import { describe, expect, it } from "vitest";
import { namesOf } from "../../src/service/web.ts";

describe("the names that the daemon answers to", () => {
  it("are those of this machine, one that no other program has, and the one in the world", () => {
    const names = namesOf("10.0.0.5", "https://headgate.example.org:8443/");
    for (const name of ["10.0.0.5", "localhost", "127.0.0.1", "[::1]", "headgate.localhost", "headgate.example.org"])
      expect(names).toContain(name);
    expect(namesOf("127.0.0.1", undefined)).not.toContain("headgate.example.org");
  });
});
