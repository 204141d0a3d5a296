import { describe, expect, it } from "vitest";
import { readSecrets } from "../../../src/lib/secrets/secrets.ts";

describe("the dashboard's token", () => {
  it.each(["x", "admin", "fifteen-letters"])("of %j is refused, and not repeated", (token) => {
    const { secrets, errors } = readSecrets({ HEADGATE_HTTP_TOKEN: token });
    expect(secrets.httpToken).toBeUndefined();
    expect(errors).toMatchObject([{ where: "HEADGATE_HTTP_TOKEN", message: expect.stringContaining("openssl rand") }]);
    expect(JSON.stringify(errors)).not.toContain(`"${token}`);
  });

  it("of sixteen characters is taken, and none is no mistake", () => {
    expect(readSecrets({ HEADGATE_HTTP_TOKEN: "sixteen-letters!" })).toMatchObject({
      secrets: { httpToken: "sixteen-letters!" },
      errors: [],
    });
    expect(readSecrets({})).toMatchObject({ errors: [] });
  });
});
