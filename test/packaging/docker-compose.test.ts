import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../src/config.ts";
import { TOKEN_FORGE_IDS } from "../../src/domain/project.ts";
import { isFailure } from "../../src/lib/failure.ts";
import { PROFILES } from "../../src/lib/forge/profiles.ts";

type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly container_name?: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
};

const root = join(import.meta.dirname, "../..");
const file = parse(readFileSync(join(root, "docker-compose.yml"), "utf8"), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(file.services);
const ours = services.filter(([, { image }]) => image.includes("headgate"));

describe("docker-compose.yml", () => {
  it("runs every role, on one PostgreSQL and one Valkey", () => {
    expect(ours.map(([name, { command }]) => [name, command?.join(" ")])).toEqual([
      ["web", "run --role web"],
      ["scheduler", "run --role scheduler"],
      ["worker", "run --role worker"],
    ]);
    for (const [, { environment }] of ours) {
      expect(environment?.DATABASE_URL).toContain("@postgres:5432/");
      expect(environment?.REDIS_URL).toBe("redis://valkey:6379");
    }
  });

  it("can be scaled: a worker has no name and no port of its own", () => {
    expect(file.services.worker).not.toHaveProperty("container_name");
    expect(file.services.worker).not.toHaveProperty("ports");
  });

  it("starts in order, when the servers answer", () => {
    for (const [, { depends_on: on = {} }] of ours)
      for (const [name, { condition }] of Object.entries(on)) {
        expect(condition).toBe("service_healthy");
        expect(file.services[name]?.healthcheck?.test?.[0], name).toBe("CMD");
      }
    expect(file.services.web?.healthcheck?.test?.[0]).toBe("CMD"); // the image has no shell
  });

  it("publishes on loopback alone, and no database at all", () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
    expect(file.services.postgres).not.toHaveProperty("ports");
    expect(file.services.valkey).not.toHaveProperty("ports");
  });

  it("runs Headgate as nobody, on a read-only file system, without any capability", () => {
    for (const [name, service] of ours) {
      expect(service.user, name).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(["ALL"]);
      expect(service.security_opt, name).toContain("no-new-privileges:true");
    }
  });

  it("lets no server gain rights, and gives none to those that need none", () => {
    for (const [name, service] of services) {
      expect(service.security_opt, name).toContain("no-new-privileges:true");
      if (name === "postgres") continue; // it begins as root, to give itself its folder
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(["ALL"]);
    }
  });

  it("can be scaled in every role but the one with a port, whichever is asked for", () => {
    for (const [name, service] of services) {
      expect(service, name).not.toHaveProperty("container_name");
      if (name !== "web" && name !== "mail") expect(service, name).not.toHaveProperty("ports");
    }
  });

  it("names a tag of every image, and every volume that it mounts", () => {
    for (const [name, { image }] of services)
      expect(image.replace(/^\$\{[^:]*:-(.*)\}$/, "$1"), name).toMatch(/:[\w.-]+$/);
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0] ?? ""));
    expect(mounted.filter((volume) => !volume.startsWith(".") && !Object.hasOwn(file.volumes, volume))).toEqual([]);
  });

  it("gives Headgate only variables that it reads, and secrets from outside alone", () => {
    const reader = [
      "config.ts",
      "lib/secrets/secrets.ts",
      "lib/packages/npm-registry.ts",
      "cli/headgate.ts",
      "cli/commands/options.ts",
    ]
      .map((path) => join(root, "src", path))
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const tokens = TOKEN_FORGE_IDS.map((id) => PROFILES[id].without.variable);
    for (const [name, { environment = {} }] of ours) {
      const unknown = Object.keys(environment).filter(
        (variable) => !reader.includes(variable) && !tokens.includes(variable),
      );
      expect(unknown, name).toEqual([]);
      for (const secret of ["GITHUB_TOKEN", ...tokens, "SMTP_URL", "HEADGATE_HTTP_TOKEN"])
        expect(environment[secret], name).toBe(`\${${secret}:-}`);
    }
  });

  it("uses only keys that the Compose specification has, with restarts and an end to stopping", () => {
    const known = new Set(
      "image build restart read_only tmpfs user cap_drop security_opt stop_grace_period depends_on environment volumes command ports healthcheck profiles".split(
        " ",
      ),
    );
    for (const [name, service] of services) {
      expect(
        Object.keys(service).filter((key) => !known.has(key)),
        name,
      ).toEqual([]);
      expect(service, name).toHaveProperty("restart", "unless-stopped");
    }
    // longer than Headgate takes to stop: docs/operating.md
    for (const [name, service] of ours) expect(service, name).toHaveProperty("stop_grace_period", "15s");
  });

  it("has every image but our own pinned for a release, as the Dockerfile has", () => {
    const check = spawnSync("bash", ["scripts/pin-base-images.sh", "--check"], { cwd: root, encoding: "utf8" });
    for (const [name, { image }] of services) {
      if (image.startsWith("$") || image.includes("@sha256:")) continue;
      expect(check.status, name).toBe(1);
      expect(check.stderr, name).toContain(image);
    }
  });

  it("comes with a configuration that is right", () => {
    const config = readConfig({ file: join(root, "config/compose.yaml"), environment: {} });
    if (isFailure(config)) throw config;
    expect(config.web.host).toBe("0.0.0.0");
  });
});
