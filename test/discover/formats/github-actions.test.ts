import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { findingsOf } from "../../../src/discover/findings.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const workflow = [fixture("github-actions", ".github/workflows/ci.yml")];
const step = (uses: string) => tree({ "action.yml": `runs:\n  using: composite\n  steps:\n    - uses: ${uses}\n` });

describe("a workflow", () => {
  it("tells its actions, images, tools and what its scripts fetch", () => {
    expect(summary(workflow)).toEqual([
      "4 github/python/cpython 3.11",
      "8 docker/library/node 24.11-bookworm",
      "11 docker/library/postgres floating",
      "13 githubactions/actions/checkout v4",
      "14 githubactions/docker/login-action 343f7c4344506bcbf9b4de18042ae17996df046d",
      "15 githubactions/docker/setup-buildx-action f95db51fddba0c2d1ec667646a06c2ce06100226",
      "18 docker/moby/buildkit master floating",
      "19 githubactions/github/codeql-action v4.31.2",
      "20 githubactions/aquasecurity/trivy-action master floating",
      "21 githubactions/pypa/gh-action-pypi-publish release/v1 floating",
      "22 docker/ghcr.io/example/linter 1.5.0",
      "24 githubactions/actions/setup-python v6",
      "28 pypi/safety 3.6.1",
      "30 github/example/installer v0.38.0",
      "32 githubactions/example/workflows v2.3.0",
    ]);
    expect(discover(workflow).problems).toEqual([]);
  });

  it("takes the version of a commit from the comment beside it, and edits both", () => {
    const pin = pinNamed(workflow, "docker/login-action");
    expect(pin).toMatchObject({ version: "3.0.0", tagTemplate: "v{version}", digest: pin.text });
    expect(covered(workflow, pin)).toEqual([`digest ${pin.text} → {commit}`, "comment v3.0.0 → v{version}"]);
  });

  it.each(["v7.3.0", "tag=v7.3.0", "pin@v7.3.0", "docker/bake-action@v7.3.0", "ratchet:docker/bake-action/sub@v7.3.0"])(
    "reads the comment # %s",
    (comment) => {
      const [pin] = discover(step(`docker/bake-action@${"5e".repeat(20)} # ${comment}`)).pins;
      expect(pin).toMatchObject({ version: "7.3.0", edits: [{ role: "digest" }, { role: "comment" }] });
    },
  );

  it("asks nobody what an earlier step answers", () => {
    const text = step(
      `actions/setup-python@v6\n      with:\n        python-version: \${{ steps.choose.outputs.python-version }}`,
    );
    expect(discover(text).problems).toEqual([]);
  });

  it("has no version for a commit that nothing explains", () => {
    expect(pinNamed(workflow, "docker/setup-buildx-action")).toMatchObject({ version: "", precision: "exact" });
  });

  it.each([
    ["owner/name@v1", "v1", "1", "exact"],
    ["owner/name/deep/path@1.2.3", "1.2.3", "1.2.3", "exact"],
    ["owner/name@cli-v2.0.0", "cli-v2.0.0", "2.0.0", "exact"],
    ["owner/name@main", "main", "", "branch"],
    ["owner/name@stable", "stable", "", "branch"],
    ["owner/name@releases/v2", "releases/v2", "", "branch"],
  ])("reads %s", (uses, text, version, precision) => {
    expect(discover(step(uses)).pins).toMatchObject([
      { upstream: "pkg:githubactions/owner/name", text, version, precision, line: 4 },
    ]);
  });

  it.each(["'owner/name@main'", "owner/name@main"])("can be pinned where %s only names a branch", (uses) => {
    const files = step(uses);
    const [pin] = discover(files).pins;
    expect(pin === undefined ? [] : covered(files, pin)).toEqual(["digest main → {commit}", "comment  →  # {tag}"]);
  });

  it("says when a reference is no action", () => {
    expect(discover(step("nothing-here")).problems).toHaveLength(1);
  });

  it("knows the images that it builds as the project's own", () => {
    const build =
      "jobs:\n  b:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          tags: |\n            ghcr.io/example/app:1.0\n";
    const files = tree({ ".github/workflows/b.yml": build, Dockerfile: "FROM ghcr.io/example/app:1.0\n" });
    expect(summary(files)).toContain("1 docker/ghcr.io/example/app 1.0 own");
  });
});

describe("a workflow that builds images", () => {
  const files = tree({
    ".github/workflows/b.yml": [
      "env:",
      "  IMAGE: ghcr.io/example/app",
      "jobs:",
      "  b:",
      "    steps:",
      "      - uses: ./build",
      "        with:",
      "          run: git clone --branch v1.0.1 https://github.com/example/rules",
      "      - run: docker build --build-arg PROBE=1.9.2 -t $IMAGE:$SHA -f ci/Dockerfile .",
      "      - uses: docker/build-push-action@v6",
      "        with:",
      "          context: web",
      "          tags: ${{ env.IMAGE }}-web:${{ github.sha }}",
      "          build-args: |",
      "            TOOL=0.12.3",
      "            BUILD_DATE",
    ].join("\n"),
    "ci/Dockerfile": "FROM scratch\nARG PROBE\nADD https://github.com/example/probe/archive/v$PROBE.tar.gz /\n",
    "compose.yml":
      "services:\n  a:\n    image: ghcr.io/example/app:2.0\n  b:\n    image: ghcr.io/example/app-web:2.0\n",
    "web/Dockerfile": "FROM scratch\nARG TOOL\nADD https://github.com/example/tool/archive/v$TOOL.tar.gz /\n",
  });

  it("gives its arguments to the Dockerfiles, and reads the scripts that actions run", () => {
    const pins = discover(files).pins.filter(({ upstream }) => upstream.startsWith("pkg:github/"));
    expect(pins.map(({ path, line, version }) => [path, line, version])).toEqual([
      [".github/workflows/b.yml", 8, "1.0.1"],
      [".github/workflows/b.yml", 9, "1.9.2"],
      [".github/workflows/b.yml", 15, "0.12.3"],
    ]);
  });

  it("makes them the project's own, whatever their tags are made of", () => {
    const own = discover(files).pins.filter((pin) => pin.own === true);
    expect(own.map(({ path, line }) => [path, line])).toEqual([
      ["compose.yml", 3],
      ["compose.yml", 5],
    ]);
  });
});

const job = (lines: string) => tree({ ".github/workflows/w.yml": `on: push\njobs:\n  j:\n${lines}` });
const using = (action: string, input: string, before = "") =>
  job(`${before}    steps:\n      - uses: ${action}@v1\n        with:\n          ${input}\n`);
const alternatives = (files: ReturnType<typeof tree>) =>
  discover(files).pins.flatMap((pin) => (pin.alternative === true ? [pin.text] : []));
const tools = (files: ReturnType<typeof tree>) => summary(files).filter((line) => !line.includes("githubactions/"));

describe("the tools of a workflow", () => {
  it.each([
    ["actions/setup-java", "java-version: '21'", ["7 generic/java 21"]],
    ["ruby/setup-ruby", "ruby-version: 3.3.5", ["7 github/ruby/ruby 3.3.5"]],
    ["actions/setup-node", "node-version: lts/*", ["7 github/nodejs/node lts/* floating"]],
    ["actions/setup-node", "node-version: 22.x", ["7 github/nodejs/node 22.x"]],
    ["aquasecurity/trivy-action", "version: v0.57.0", ["7 github/aquasecurity/trivy v0.57.0"]],
    ["helm/kind-action", "kubectl_version: v1.31.2", ["7 github/kubernetes/kubernetes v1.31.2"]],
    ["actions/setup-python", "python-version-file: .python-version", []],
    ["example/setup-thing", "version: 1.2.3", []],
  ])("%s: %s", (action, input, expected) => {
    expect(tools(using(action, input))).toEqual(expected);
  });

  it("take each value of a matrix, several of them as alternatives that nothing moves", () => {
    const matrix = (values: string) => `    strategy:\n      matrix:\n        py: ${values}\n`;
    const input = `python-version: \${{ matrix.py }}`;
    const one = using("actions/setup-python", input, matrix("['3.12']"));
    expect(tools(one)).toEqual(["6 github/python/cpython 3.12"]);
    const several = using("actions/setup-python", input, matrix("['3.12', '3.13']"));
    expect(tools(several)).toEqual(["6 github/python/cpython 3.12", "6 github/python/cpython 3.13"]);
    expect(alternatives(several)).toEqual(["3.12", "3.13"]);
    expect(discover(several).pins.flatMap(({ text, edits }) => (text === "v1" ? [] : edits))).toEqual([]);
    expect(findingsOf(discover(several).pins, several).filter(({ kind }) => kind === "drift")).toEqual([]);
    const script = job(`${matrix("[a, b]")}    steps:\n      - run: pip install thing==\${{ matrix.py }}\n`);
    expect(discover(script)).toEqual({ pins: [], problems: [] });
  });

  it.each([
    ["a package", "[4.2, 5.1]", "pip install 'thing~=${{ matrix.py }}'", ["6 pypi/thing ~=4.2", "6 pypi/thing ~=5.1"]],
    [
      "an address",
      "[4.2.0, 5.1.0]",
      "curl -O https://github.com/o/r/releases/download/v${{ matrix.py }}/r.tgz",
      ["6 github/o/r 4.2.0", "6 github/o/r 5.1.0"],
    ],
    [
      "an address whose file it names",
      "[linux, macos-14]",
      "curl -O https://github.com/o/r/releases/download/v1.0.0/r-${{ matrix.py }}.tgz",
      ["8 github/o/r v1.0.0"],
    ],
  ])("take each value where it stands in %s", (_where, values, command, expected) => {
    const files = job(`    strategy:\n      matrix:\n        py: ${values}\n    steps:\n      - run: ${command}\n`);
    expect(summary(files)).toEqual(expected);
  });

  it("take what an earlier step sets for the later ones, by its word or by a file", () => {
    const steps = [
      '      - run: echo "GO_VERSION=1.23.2" >> "$GITHUB_ENV"',
      '      - run: cat ".github/env" >> $GITHUB_ENV',
      "      - uses: actions/setup-go@v5",
      "        with:",
      "          go-version: ${{ env.GO_VERSION }}",
      "      - uses: actions/setup-python@v5",
      "        with:",
      "          python-version: ${{ env.python-version }}",
    ];
    const files = [...job(`    steps:\n${steps.join("\n")}\n`), ...tree({ ".github/env": "python-version=3.13.1\n" })];
    expect(tools(files)).toEqual(["1 github/python/cpython 3.13.1", "5 github/golang/go 1.23.2"]);
  });

  it("take every place that says the same in a matrix, to move them together", () => {
    const include = "        include:\n          - { os: a, py: '3.13' }\n          - { os: b, py: '3.13' }\n";
    const files = using(
      "actions/setup-python",
      "python-version: ${{ matrix.py }}",
      `    strategy:\n      matrix:\n${include}`,
    );
    expect(tools(files)).toEqual(["7 github/python/cpython 3.13", "8 github/python/cpython 3.13"]);
    expect(alternatives(files)).toEqual([]);
  });

  it("take what is handed to an action or a workflow of the project's own", () => {
    const action =
      "inputs:\n  py:\n    default: '3.11'\nruns:\n  using: composite\n  steps:\n    - uses: actions/setup-python@v5\n      with:\n        python-version: ${{ inputs.py }}\n";
    const files = [
      ...job("    steps:\n      - uses: ./.github/actions/setup\n        with:\n          py: '3.13'\n"),
      ...tree({ ".github/actions/setup/action.yml": action }),
    ];
    expect(tools(files)).toEqual(["3 github/python/cpython 3.11", "7 github/python/cpython 3.13"]);
    const workflow =
      "on:\n  workflow_call:\n    inputs:\n      go: { type: string }\njobs:\n  j:\n    steps:\n      - uses: actions/setup-go@v5\n        with:\n          go-version: ${{ inputs.go }}\n";
    const reused = [
      ...tree({
        ".github/workflows/a.yml": "jobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    with:\n      go: 1.23.2\n",
      }),
      ...tree({ ".github/workflows/b.yml": workflow }),
    ];
    expect(tools(reused)).toEqual(["5 github/golang/go 1.23.2"]);
  });

  it("take what a matrix includes, and move what is no alternative of another", () => {
    const include =
      "        include:\n          - { py: '3.13', image: debian:13 }\n          - { image: alpine:3.22 }\n";
    const files = job(
      `    strategy:\n      matrix:\n        py: ['3.12']\n${include}    container: \${{ matrix.image }}\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: \${{ matrix.py }}\n`,
    );
    expect(tools(files)).toEqual([
      "6 github/python/cpython 3.12",
      "8 docker/library/debian 13",
      "8 github/python/cpython 3.13",
      "9 docker/library/alpine 3.22",
    ]);
    expect(alternatives(files)).toEqual(["3.12", "3.13"]);
  });

  it("take the default of an input, and what stands behind ||", () => {
    const text = `on:\n  workflow_call:\n    inputs:\n      go:\n        default: "1.23.2"\njobs:\n  j:\n    steps:\n`;
    const step = (value: string) =>
      `      - uses: actions/setup-go@v5\n        with:\n          go-version: ${value}\n`;
    const files = tree({
      ".github/workflows/w.yml": `${text}${step("${{ inputs.go }}")}${step("${{ inputs.other || '1.22.8' }}")}`,
    });
    expect(tools(files)).toEqual(["5 github/golang/go 1.23.2", "14 github/golang/go 1.22.8"]);
  });

  it("find every image that a matrix lists", () => {
    const files = job(
      `    strategy:\n      matrix:\n        image: [debian:12, "ubuntu:24.04"]\n    container: \${{ matrix.image }}\n`,
    );
    expect(summary(files)).toEqual(["6 docker/library/debian 12", "6 docker/library/ubuntu 24.04"]);
  });

  it("hands a variable on to a step under its own name", () => {
    const text = [
      "env:",
      "  TOOL_VERSION: 0.12.3",
      "jobs:",
      "  build:",
      "    steps:",
      "      - env:",
      "          TOOL_VERSION: ${{env.TOOL_VERSION}}",
      "        run: curl -sSL https://github.com/example/tool/releases/download/v${TOOL_VERSION}/tool.tar.gz",
    ];
    expect(summary(tree({ ".github/workflows/build.yml": text.join("\n") }))).toEqual(["2 github/example/tool 0.12.3"]);
  });
});
