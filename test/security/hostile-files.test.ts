import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { discover } from "../../src/discover/discover.ts";
import { findingsOf } from "../../src/discover/findings.ts";
import { LONGEST_TEXT } from "../../src/discover/format.ts";
import { FORMATS } from "../../src/discover/formats.ts";
import { readPins } from "../../src/flow/discover/read-pins.ts";
import { isFailure } from "../../src/lib/failure.ts";
import type { Tree } from "../../src/lib/tree.ts";
import { fixturesOf } from "../discover/support.ts";
import { aFolder } from "../support/folder.ts";
import { timed } from "../support/processor-time.ts";

const INHERITED = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
];
const inherited = () => JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());
const before = inherited();

/** What a stranger may write into a file of any kind: deep, wide, endless, or named after what every object has. */
const HOSTILE: Readonly<Record<string, string>> = {
  "ten thousand brackets": "[".repeat(10_000),
  "ten thousand braces": "{".repeat(10_000),
  "nested objects": `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
  "nested block lists": Array.from({ length: 800 }, (_, depth) => `${" ".repeat(depth)}-`).join("\n"),
  "nested commands": `RUN ${"$(".repeat(5_000)}x${")".repeat(5_000)}`,
  "nested holes": `ENV A=${"${B:-".repeat(5_000)}1${"}".repeat(5_000)}`,
  "nested quotes": `RUN bash -c ${"\"'".repeat(5_000)}`,
  "a bomb of aliases": `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghijk"].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghij"[index]}`).join(",")}]`).join("\n")}\nservices: *k\n`,
  "merges of merges": `a: &a {x: 1}\n${[..."bcdefghijk"].map((name, index) => `${name}: &${name} {<<: [${Array(9).fill(`*${"abcdefghij"[index]}`).join(",")}]}`).join("\n")}\nservices: {<<: *k}\n`,
  "an alias of itself": "a: &a [*a, *a]\nservices: &s {x: *s, <<: *s}\n",
  "dotted keys without end": `${Array(3_000).fill("a").join(".")} = 1\n[${Array(3_000).fill("b").join(".")}]\nc = 1\n`,
  "one long line": `FROM ${"a".repeat(60_000)}:1.0`,
  "variables that name each other": `ENV A=$B\nENV B=$A\nENV C=\${C}\${C}\${C}\nRUN curl https://github.com/a/b/releases/download/v$A/$C\n`,
  "variables that double": `${Array.from({ length: 60 }, (_, n) => `ENV V${n + 1}="$V${n}$V${n}"`).join("\n")}\nENV V0=1.0.0\nRUN curl https://github.com/a/b/releases/download/v$V60/x\n`,
  "heads of blocks without an end": Array.from({ length: 10_000 }, (_, n) => `target "t${n}" {\n  matrix = {}\n`).join(
    "",
  ),
  "ten thousand lines": "a:\n".repeat(10_000),
  "control characters": Array.from({ length: 32 }, (_, code) => String.fromCharCode(code + 1)).join("x: y\n"),
  "halves of characters": "FROM \ud800debian:13\ud800\n",
};

const named = INHERITED.flatMap((name) => [
  [
    "Dockerfile",
    `ARG ${name}=1.2.3\nENV ${name}=\${${name}}\nFROM ${name}:\${${name}} AS ${name}\nCOPY --from=${name} /a /b\n`,
  ],
  [
    "package.json",
    `{"dependencies":{"${name}":"1.2.3"},"volta":{"${name}":"1.2.3"},"engines":{"${name}":"1.2.3"},"overrides":{"${name}":{".":"1.0.0","${name}":"2.0.0"}},"${name}":{"polluted":true}}`,
  ],
  [
    "compose.yaml",
    `services:\n  ${name}:\n    image: ${name}:1.2.3\n    build: { args: { ${name}: 1.2.3 } }\n${name}: { polluted: true }\n`,
  ],
  [
    ".github/workflows/x.yml",
    `on: push\nenv: { ${name}: 1.2.3 }\njobs:\n  ${name}:\n    runs-on: x\n    strategy: { matrix: { ${name}: [1.2.3] } }\n    steps:\n      - uses: ${name}/${name}@v1.2.3\n        with: { ${name}: "\${{ matrix.${name} }}" }\n`,
  ],
  [
    "pyproject.toml",
    `[project]\ndependencies = ["${name}==1.2.3"]\n[tool.poetry.dependencies]\n${name} = "1.2.3"\n[${name}]\npolluted = true\n[${name}.${name}]\npolluted = true\n`,
  ],
  ["Cargo.toml", `[dependencies]\n${name} = "1.2.3"\n[${name}]\npolluted = true\n`],
  [".tool-versions", `${name} 1.2.3\n`],
  ["requirements.txt", `${name}==1.2.3\n`],
  [
    ".gitmodules",
    `[submodule "${name}"]\n\tpath = ${name}\n\turl = https://github.com/${name}/${name}\n\t${name} = x\n`,
  ],
  [
    "Makefile",
    `${name} = 1.2.3\nx:\n\tcurl https://github.com/${name}/${name}/releases/download/v$(${name})/x\n# renovate: datasource=${name} depName=${name}/${name}\nX_VERSION := 1.2.3\n`,
  ],
  [
    ".pre-commit-config.yaml",
    `repos:\n  - repo: local\n    hooks:\n      - { id: x, language: ${name}, additional_dependencies: ["${name}==1.2.3"] }\n`,
  ],
  ["index.html", `<script src="https://cdnjs.cloudflare.com/ajax/libs/${name}/1.2.3/x.js"></script>\n`],
  [
    "values.yaml",
    `# renovate: datasource=${name} depName=${name}\nversion: 1.2.3\nimage: { repository: ${name}/${name}, tag: 1.2.3 }\n`,
  ],
]) as [string, string][];

describe.each(FORMATS.map((format) => [format.id, format] as const))(
  "a hostile file of the format %s",
  (_id, format) => {
    const [fixture] = fixturesOf(format);
    it("is read within bounds, whatever it holds, alone and behind a real beginning", () => {
      const path = fixture?.path ?? "x";
      for (const [name, text] of Object.entries(HOSTILE)) {
        for (const whole of [text, `${fixture?.text.slice(0, 20_000) ?? ""}\n${text}`]) {
          const { result, seconds } = timed(() => discover([{ path, text: whole }]), 4);
          const { pins, problems } = result;
          expect(seconds, `${path}: ${name}`).toBeLessThan(4);
          expect(pins.length + problems.length, `${path}: ${name}`).toBeLessThan(20_000);
          expect(
            pins.filter((pin) => pin.version.length > 5_000 && !whole.includes(pin.version)),
            name,
          ).toEqual([]);
        }
      }
    });
  },
);

describe("names that every object inherits", () => {
  it("are names like others in every kind of file: nothing is changed by them, and no table finds them", () => {
    for (const [path, text] of named) {
      const { pins, problems } = discover([{ path, text }]);
      findingsOf(pins, [{ path, text }]);
      expect(
        problems.filter(({ message }) => /Not understood as/.test(message)),
        path,
      ).toEqual([]);
      for (const pin of pins) {
        for (const value of [pin.upstream, pin.scheme, pin.version, pin.format])
          expect(typeof value, `${path} ${text}`).toBe("string");
        expect(pin.upstream).toMatch(/^pkg:[a-z0-9.+-]+\//);
      }
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(inherited()).toBe(before);
  });
});

describe("a hostile configuration", () => {
  const read = (text: string) => readConfig({ file: `${aFolder({ "c.yaml": text })}/c.yaml`, environment: {} });

  it.each(Object.entries(HOSTILE))("of %s is refused with a sentence", (_name, text) => {
    const config = read(`watch: [{ path: . }]\n${text}`);
    expect(isFailure(config)).toBe(true);
    expect((config as Error).message.length).toBeLessThan(60_000);
  });

  it.each(INHERITED)("with the key %s changes nothing that it should not", (name) => {
    read(
      `watch: [{ path: . }]\n${name}: { polluted: true }\nupstreams: { registries: { ${name}: { url: "https://x.example.org", polluted: true } } }\nresponse-times: { ${name}: 1d }\n`,
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(inherited()).toBe(before);
  });
});

/** Lines of a Dockerfile of which each, or all together, could be compared with all the others. */
const REPEATED: Readonly<Record<string, string>> = {
  "downloads that set variables": "RUN curl -o x https://github.com/a/b/releases/download/v1.0.0/x && export A=1 B=2\n",
  "a variable that is given values again and again": "ENV A=$A\nADD https://github.com/a/b/releases/download/v$A/x /\n",
  "variables with a word above each": "# headgate: ignore\nENV A=$A$A\n",
  "scripts that are copied and run": "COPY a.sh /b.sh\nRUN /b.sh\n",
  "installs of a list": 'ENV P="a==1 b==2 c==3 d==4"\nRUN pip install $P\n',
  "values put into files": "RUN sed -i s/AAA/1/ x.txt\nADD https://github.com/a/b/releases/download/v1.0.0/x /\n",
  "clones and checkouts": "RUN git clone https://github.com/a/b && git -C z checkout v1\n",
};

describe("a Dockerfile whose lines repeat", () => {
  it.each(Object.entries(REPEATED))("of %s takes time in proportion to its length", (_name, lines) => {
    const seconds = (length: number, most?: number) => {
      const text = `FROM debian:13\n${lines.repeat(Math.ceil(length / lines.length))}`;
      return timed(() => discover([{ path: "Dockerfile", text }]), most).seconds;
    };
    seconds(16 * 1024); // the first one compiles
    const short = seconds(64 * 1024);
    const most = 24 * Math.max(short, 0.05); // the square would be 64
    const long = seconds(512 * 1024, most);
    expect(long, `${short} s, then ${long} s`).toBeLessThan(most);
  });

  it("of more flags than anybody writes is not read, and says so", () => {
    const { pins, problems } = discover([
      { path: "Dockerfile", text: `FROM debian:13\nRUN ${"--a ".repeat(5_001)}x\n` },
    ]);
    expect(pins).toEqual([]);
    expect(problems).toEqual([{ path: "Dockerfile", message: expect.stringMatching(/5001 flags are more than/) }]);
  });
});

describe("a file that is longer than its format reads", () => {
  const bomb = "RUN curl -o x https://github.com/a/b/releases/download/v1.0.0/x && export A=1 B=2\n";

  it.each(FORMATS.map((format) => [format.id, format] as const))(
    "%s is a finding, and holds up no other",
    (_id, format) => {
      const path = fixturesOf(format)[0]?.path ?? "";
      const longest = format.longest ?? LONGEST_TEXT;
      const text = bomb.repeat(Math.ceil(longest / bomb.length) + 1);
      const { pins, problems } = discover([
        { path, text },
        { path: "other/Dockerfile", text: "FROM debian:13\n" },
      ]);
      expect(pins.map((pin) => pin.path)).toEqual(["other/Dockerfile"]);
      expect(problems).toEqual([{ path, message: expect.stringMatching(/^Longer than 1 MiB: not read as /) }]);
    },
  );
});

describe("a tree of many long files", () => {
  it("is read up to a bound, and says of each file beyond it that it was not read", async () => {
    const entries = Array.from({ length: 40 }, (_, n) => ({ path: `${n + 10}/Dockerfile`, mode: "100644" }));
    const tree = { entries, problems: [], read: async () => "x".repeat(1024 * 1024) };
    const { problems } = await readPins(tree as unknown as Tree, []);
    const beyond = problems.filter(({ message }) => /more than 32 MiB together/.test(message)).map(({ path }) => path);
    expect(beyond).toEqual(entries.slice(32).map(({ path }) => path));
    expect(problems).toHaveLength(40);
  });
});
