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

it.each([
  [["plan", "--config", "sub"], "The configuration sub cannot be read: it is a folder."],
  [["plan", "--config", "tab.yaml"], "tab.yaml:2: not YAML: Tabs are not allowed as indentation"],
  [["import", "sub"], "sub cannot be read: it is a folder."],
  [["export", ".", "-f", "csv", "-o", "none/x.csv"], "none/x.csv could not be written: its folder does not exist."],
  [["export", ".", "-f", "csv", "-o", "sub"], "sub could not be written: it is a folder."],
  [["init", "--yes", "-o", "sub"], "sub is a folder. Name a file in it with -o."],
  [
    ["init", "--yes", "-o", "Dockerfile/x"],
    "Dockerfile/x could not be written: a part of its path is no folder. -o FILE writes another one.",
  ],
])("`headgate %s` says in words what is wrong with a file", async (args, words) => {
  const folder = aFolder({ Dockerfile: "FROM redis:7.4\n", "sub/a": "", "tab.yaml": "watch:\n\t- path: .\n" });
  const { code, err } = await headgate(args, { cwd: folder });
  expect([code, err]).toEqual([2, `headgate: ${words}\n`]);
});

it.each([[["pins"]], [["init"]]])(
  "`headgate %s` asks whether a folder without any pin is the right one",
  async (args) => {
    const { code, out } = await headgate(args, { cwd: aFolder({ "notes.txt": "nothing" }) });
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, " ")).toContain("Nothing is pinned in the files here that Headgate reads");
  },
);
