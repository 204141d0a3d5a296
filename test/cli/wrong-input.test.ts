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

describe("a checkout that is not there", () => {
  it.each([[["pins"]], [["plan"]], [["init"]], [["export", "--format", "sarif"]]])(
    "makes `headgate %s` say just that",
    async (args) => {
      const folder = aFolder({ "config/headgate.yaml": "watch: [{ path: . }]\n" });
      const { code, err, out } = await headgate([...args, "nowhere"], { cwd: folder });
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^headgate: \S*nowhere does not exist\.\n$/);
    },
  );

  it("is what `headgate doctor` says of a project that is watched", async () => {
    const folder = aFolder({
      "config/headgate.yaml": "watch: [{ path: nowhere }]\nnetwork: { proxy: http://127.0.0.1:1 }\n",
    });
    const { code, out } = await headgate(["doctor"], { cwd: folder });
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, " ")).toMatch(/broken watched nowhere: \S*nowhere does not exist\./);
  });
});

it("a file that is not there is said in a sentence", async () => {
  const { code, err } = await headgate(["import", "nowhere.json"], {
    cwd: aFolder({ Dockerfile: "FROM redis:7.4\n" }),
  });
  expect([code, err]).toEqual([2, "headgate: nowhere.json does not exist.\n"]);
});
