import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const suite = [fixture("compose", "docker-compose.yml")];

describe("a compose file", () => {
  it("tells its images, the project's own ones as such", () => {
    expect(summary(suite)).toEqual([
      "2 docker/library/redis 7.4.1-alpine",
      "5 docker/library/postgres 16.4",
      "7 docker/docker.elastic.co/search/search-oss 9.2.4",
      "14 docker/ghcr.io/example/suite/web 26.01.0 own",
      "16 docker/ghcr.io/example/suite/web 26.01.0 own",
      "21 docker/ghcr.io/example/mailer floating",
    ]);
  });

  it("edits the fallback of a variable that nothing sets", () => {
    expect(covered(suite, pinNamed(suite, "postgres"))).toEqual(["version 16.4 → {version}"]);
  });

  it("is edited in .env where that sets the variable", () => {
    const env = "# comment\nexport POSTGRES_TAG='17.2' # current\n";
    const files = [...suite, { path: ".env", text: env }];
    const pin = pinNamed(files, "POSTGRES_TAG");
    expect(pin).toMatchObject({ path: ".env", line: 2, version: "17.2", upstream: "pkg:docker/library/postgres" });
    expect(pin.linked).toEqual([{ path: "docker-compose.yml", line: 5 }]);
  });

  it("gives build arguments to the Dockerfile that it names, beside the default that is written there", () => {
    const files = [
      ...suite,
      ...tree({ "docker/web.Dockerfile": `ARG NODE_VERSION=24.10.0\nFROM node:\${NODE_VERSION}-alpine\n` }),
    ];
    const pins = discover(files).pins.filter(({ name }) => name === "NODE_VERSION");
    expect(pins.map(({ path, line, version }) => [path, line, version])).toEqual([
      ["docker-compose.yml", 13, "24.11.0-alpine"],
      ["docker/web.Dockerfile", 1, "24.10.0-alpine"],
    ]);
  });

  it("finds the Dockerfile whose path a variable holds, and what a file in a subfolder is started with", () => {
    const build =
      "    build:\n      context: ./\n      dockerfile: ${WEB_DOCKERFILE}\n      args:\n        TOOL_VERSION: ${TOOL_VERSION}\n";
    const files = tree({
      "deploy/web-compose.yml": `services:\n  web:\n${build}`,
      "template.env": "WEB_DOCKERFILE=./src/web/Dockerfile\nTOOL_VERSION=2.30.0\n",
      "src/web/Dockerfile":
        "FROM scratch\nARG TOOL_VERSION\nADD https://github.com/example/tool/releases/download/v$TOOL_VERSION/tool.jar /tool.jar\n",
    });
    expect(summary(files)).toEqual(["2 github/example/tool 2.30.0"]);
    expect(discover(files).pins[0]).toMatchObject({ path: "template.env" });
    expect(discover(files).problems).toEqual([]);
  });

  it("knows an image by every tag that its build gives it", () => {
    const tags =
      "services:\n  web:\n    image: ${NAME}/web:1.0\n    build:\n      context: .\n      tags:\n        - ghcr.io/example/web:1.0\n";
    const files = tree({
      "compose.yml": tags,
      "run/compose.yml": "services:\n  web:\n    image: ghcr.io/example/web:1.0\n",
    });
    expect(summary(files)).toEqual(["3 docker/ghcr.io/example/web 1.0 own"]);
  });

  it.each([
    ["a list", "        - BASE\n"],
    ["a mapping", "        BASE:\n"],
  ])("hands a variable of its environment on as a build argument without a value, in %s", (_, argument) => {
    const files = tree({
      "compose.yml": `services:\n  web:\n    image: web-local\n    build:\n      context: ./web\n      args:\n${argument}`,
      ".env": "BASE=ghcr.io/example/base:1.4\n",
      "web/Dockerfile": "ARG BASE\nFROM $BASE\n",
    });
    const found = discover(files).pins.filter(({ own }) => own !== true);
    expect(found.map(({ path, line, upstream, text }) => `${path}:${line} ${upstream} ${text}`)).toEqual([
      ".env:1 pkg:docker/example/base?repository_url=ghcr.io 1.4",
    ]);
  });

  it("says what else a Dockerfile's names stand for than images", () => {
    const build = "      additional_contexts:\n        base: docker-image://alpine:3.22\n        common: ../common\n";
    const files = tree({
      "compose.yml": `services:\n  web:\n    build:\n      context: ./web\n${build}`,
      "web/Dockerfile": "FROM base\nCOPY --from=common /x /x\nCOPY --from=busybox:1.37 /bin/sh /sh\n",
    });
    expect(summary(files)).toEqual(["6 docker/library/alpine 3.22", "3 docker/library/busybox 1.37"]);
  });

  it("does not give a build argument to another Dockerfile", () => {
    const files = [...suite, ...tree({ "other/Dockerfile": `ARG NODE_VERSION\nFROM node:\${NODE_VERSION}\n` })];
    expect(discover(files).pins.filter(({ upstream }) => upstream.endsWith("/node"))).toEqual([]);
    expect(discover(files).problems.map(({ path }) => path)).toContain("other/Dockerfile");
  });

  it("marks an image of a Dockerfile as the project's own when a service builds it", () => {
    const files = [...suite, ...tree({ Dockerfile: "FROM ghcr.io/example/suite/web:26.01.0\n" })];
    expect(summary(files)[0]).toBe("1 docker/ghcr.io/example/suite/web 26.01.0 own");
  });

  it("reads what it can of a broken file and says the rest", () => {
    const files = tree({ "compose.yaml": "services:\n  a:\n    image: a:1\n  b:\n   image: [\n" });
    expect(summary(files)).toEqual(["3 docker/library/a 1"]);
    expect(discover(files).problems[0]?.message).toMatch(/^Not valid YAML/);
  });

  it.each(["dev.compose.yml", "local-compose.yaml", "compose/search.yml", "docker-stack.prod.yml"])(
    "is known as %s",
    (path) => {
      const text = "services:\n  search:\n    image: solr:9.8.1\n    volumes: [data:/var]\nvolumes:\n  data: {}\n";
      expect(summary(tree({ [path]: text }))).toEqual(["3 docker/library/solr 9.8.1"]);
    },
  );

  it("is not every file with services", () => {
    const text = "services:\n  _defaults: { autowire: true }\n  App\\Image: { arguments: ['a:1'] }\n";
    expect(summary(tree({ "config/services.yaml": text }))).toEqual([]);
  });

  it("is not drowned by aliases", () => {
    const levels = Array.from({ length: 40 }, (_, level) => {
      const items = Array.from({ length: 10 }, () => (level === 0 ? "{image: a:1}" : `*y${level - 1}`));
      return `y${level}: &y${level}\n  <<: [${items.join(", ")}]\n  n${level}: 1`;
    });
    const text = `${levels.join("\n")}\nservices:\n  one: *y39\n`;
    expect(summary(tree({ "compose.yaml": text }))).toEqual(["2 docker/library/a 1"]);
  });
});

describe("an image that Compose names itself", () => {
  const service = "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n";
  const run = (image: string) => `docker run --rm ${image} true\n`;
  const theirs = (compose: Readonly<Record<string, string>>, image: string) =>
    summary(tree({ ...compose, "check.sh": run(image) })).filter((line) => !line.includes("postgres"));

  it.each([
    [{ "deploy/compose.yml": service }, "deploy-web", ["1 docker/library/deploy-web floating own"]],
    [{ "compose.yml": `name: shop\n${service}` }, "shop_web:latest", ["1 docker/library/shop_web latest floating own"]],
    [{ "compose.yml": service }, "whatever-web", ["1 docker/library/whatever-web floating own"]],
    [{ "compose.yml": service }, "whatever-db", ["1 docker/library/whatever-db floating"]],
    [{ "compose.yml": service }, "whatever-web:1.2", ["1 docker/library/whatever-web 1.2"]],
    [{ "deploy/compose.yml": service }, "other-web", ["1 docker/library/other-web floating"]],
  ])("is the project's own: %j, %s", (compose: Readonly<Record<string, string>>, image, expected) => {
    expect(theirs(compose, image)).toEqual(expected);
  });
});
