import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headgate } from "../support/command.ts";
import { aFolder } from "../support/folder.ts";

const WRONG = `watch:
  - path: .
    branchs: [main]
schedule: { digest: whenever }
deliver: { e-mail: { from: nobody, to: [me@example.org] } }
`;

describe("a wrong configuration", () => {
  it.each([[["run"]], [["run", "--once"]], [["plan"]], [["digest", "--preview", "digest.html"]], [["doctor"]]])(
    "makes `headgate %s` print all errors and end with 2",
    async (args) => {
      const folder = aFolder({ "headgate.yaml": WRONG });
      const { code, err } = await headgate([...args, "--config", join(folder, "headgate.yaml")], { cwd: folder });
      expect(code).toBe(2);
      expect(err).toContain("headgate.yaml:3: watch.0.branchs: unknown option; did you mean branches?");
      expect(err).toContain("headgate.yaml:5: deliver.e-mail.from: must be an address");
    },
  );

  it("that is not there is said with what to do next", async () => {
    const { code, err } = await headgate(["run"], { cwd: aFolder() });
    expect(code).toBe(2);
    expect(err).toContain("There is no configuration at config/headgate.yaml.");
  });
});

describe("a database", () => {
  it.each([
    ["postgres://me:sesame@127.0.0.1:1/none", /127\.0\.0\.1:1/],
    ["mysql://localhost/none", /DATABASE_URL/],
  ])("at %s that cannot be used is a sentence without the password, and exit code 2", async (url, message) => {
    const folder = aFolder({ "headgate.yaml": "watch: [{ path: . }]\n" });
    const { code, err, out } = await headgate(["run", "--once", "--config", "headgate.yaml"], {
      cwd: folder,
      env: { DATABASE_URL: url },
    });
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err + out).not.toContain("sesame");
  });
});
