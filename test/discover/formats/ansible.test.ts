import { describe, expect, it } from "vitest";
import { discover } from "../../../src/discover/discover.ts";
import { covered, fixture, pinNamed, summary, tree } from "../support.ts";

const playbook = [fixture("ansible", "playbook.yml")];

describe("a playbook", () => {
  it("tells what its tasks download, install, clone and run", () => {
    expect(summary(playbook)).toEqual([
      "5 github/example/node_exporter 1.9.1",
      "6 docker/library/nginx 1.29.3-alpine",
      "21 docker/library/redis 8.2.1",
      "25 docker/example/ours 1.0 own",
      "29 docker/library/postgres floating",
      "36 pypi/requests 2.32.5",
      "37 pypi/flask floating",
      "40 pypi/ansible-lint 25.9.2",
      "44 github/example/site v3.1.0",
      "46 github/example/tool v0.3.0",
      "48 github/example/cli v2.0.0",
      "53 npm/pm2 6.0.13",
    ]);
  });

  it("moves the checksum of a download with its version", () => {
    expect(covered(playbook, pinNamed(playbook, "node_exporter_version"))).toEqual([
      "version 1.9.1 → {version}",
      `checksum ${"5".repeat(64)} → {hex}`,
    ]);
  });

  it("says which variable has no value, and emits no version for it", () => {
    expect(discover(playbook).problems.map(({ line, message }) => [line, message])).toEqual([
      [32, "Image example/x:${from_elsewhere}: the value of from_elsewhere is not written in the project's files."],
    ]);
  });
});

describe("a role", () => {
  const task = `- docker_container:\n    image: "redis:{{ redis_version }}"\n`;

  it("takes its defaults, which its variables replace", () => {
    const defaults = { "roles/cache/tasks/main.yml": task, "roles/cache/defaults/main.yml": "redis_version: 8.0.1\n" };
    const find = (files: Record<string, string>) => discover(tree(files)).pins.map(({ path, text }) => [path, text]);
    expect(find(defaults)).toEqual([["roles/cache/defaults/main.yml", "8.0.1"]]);
    const all = { ...defaults, "roles/cache/vars/main.yml": "redis_version: 8.2.0\n" };
    expect(find(all)).toEqual([["roles/cache/vars/main.yml", "8.2.0"]]);
  });

  it("may lie deeper, and picks what stands in place of its variables by what those say", () => {
    const clone = "- git:\n    repo: '{{ themes_url }}'\n    version: '{{ themes_version }}'\n";
    const prefix = `"{{ 'localhost/' if bot_built_here else bot_registry }}`;
    const files = (builtHere: string) =>
      tree({
        "roles/custom/bot/tasks/main.yml": `${clone}- docker_image:\n    name: "{{ bot_image }}"\n    image: "{{ bot_image }}"\n`,
        "roles/custom/bot/defaults/main.yml": [
          "themes_url: https://github.com/example/themes",
          "themes_version: master",
          `bot_built_here: ${builtHere}`,
          "bot_registry: ghcr.io/",
          "bot_version: v1.5.0",
          `bot_image: ${prefix}example/bot:{{ bot_version }}"`,
          "",
        ].join("\n"),
      });
    expect(summary(files("false"))).toEqual([
      "2 github/example/themes master floating",
      "5 docker/ghcr.io/example/bot v1.5.0",
    ]);
    expect(summary(files("true"))).toEqual(["2 github/example/themes master floating"]);
  });

  it("takes the variables of all hosts, but not those of another role", () => {
    const files = tree({
      "roles/cache/tasks/main.yml": task,
      "roles/other/defaults/main.yml": "redis_version: 1.0.0\n",
    });
    expect(discover(files).pins).toEqual([]);
    const all = [...files, ...tree({ "group_vars/all.yml": "redis_version: '8.1.0'\n" })];
    expect(discover(all).pins.map(({ path, line, text }) => [path, line, text])).toEqual([
      ["group_vars/all.yml", 1, "8.1.0"],
    ]);
  });
});

it("tells the roles and collections that a project requires", () => {
  expect(summary([fixture("ansible", "requirements.yml")])).toEqual([
    "3 generic/ansible/geerlingguy.docker 7.4.7",
    "6 github/example/ansible-role-web v1.2.0",
    "8 generic/ansible/geerlingguy.pip floating",
    "11 generic/ansible/community.general 11.4.0",
    "13 generic/ansible/ansible.posix >=2.0.0,<3.0.0",
    "16 github/example/collection main floating",
    "17 generic/ansible/community.docker floating",
  ]);
});

it("still sees a manifest in a folder that Ansible uses, too", () => {
  const text = "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n    - image: alpine:3.22\n";
  expect(summary(tree({ "tasks/build.yaml": text }))).toEqual(["5 docker/library/alpine 3.22"]);
});

it("reads a playbook wherever it lies, and the packages that it installs from their addresses", () => {
  const text = [
    "- name: Install",
    "  hosts: all",
    "  tasks:",
    "    - name: A package",
    "      ansible.builtin.dnf:",
    "        name: 'https://github.com/o/r/releases/download/1.13.8/r-1.13.8-1.el9.rpm'",
    "    - name: A script",
    "      shell: curl https://get.example.sh | bash",
  ];
  expect(summary(tree({ "install/host.yml": text.join("\n") }))).toEqual([
    "6 github/o/r 1.13.8",
    "8 generic/get.example.sh floating",
  ]);
});

it.each(["molecule/default/molecule.yml", ".config/molecule/config.yml"])("tells the images of tests in %s", (path) => {
  const text = "platforms:\n  - name: debian\n    image: ghcr.io/example/debian:12.1\n";
  expect(summary(tree({ [path]: text }))).toEqual(["3 docker/ghcr.io/example/debian 12.1"]);
});

it("reads a chart's old requirements", () => {
  const text = "dependencies:\n  - name: redis\n    version: 20.6.1\n    repository: https://charts.example.org\n";
  expect(summary(tree({ "chart/requirements.yaml": text }))).toEqual([
    "3 helm/redis?repository_url=https://charts.example.org 20.6.1",
  ]);
});
