import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configJsonSchema, readConfig } from "../src/config.ts";
import { DAY } from "../src/domain/instant.ts";
import { Failure } from "../src/lib/failure.ts";
import { enabledSignals } from "../src/score/signals.ts";
import { aFolder } from "./support/folder.ts";

function read(text: string, environment: Record<string, string> = {}) {
  const folder = aFolder({ "headgate.yaml": text });
  return readConfig({ file: join(folder, "headgate.yaml"), environment });
}

function errorsOf(text: string, environment: Record<string, string> = {}): string[] {
  const config = read(text, environment);
  if (!(config instanceof Failure)) throw new Error("the configuration was taken");
  return config.message.split("\n").map((line) => line.replace(/^.*headgate\.yaml/, "file"));
}

function configOf(text: string, environment: Record<string, string> = {}) {
  const config = read(text, environment);
  if (config instanceof Failure) throw config;
  return config;
}

describe("a configuration", () => {
  it.each(["config/headgate.yaml", "config/headgate.example.yaml"])(
    "ships as %s and is read without an error",
    (file) => {
      expect(readConfig({ file, environment: {} })).not.toBeInstanceOf(Failure);
    },
  );

  it("needs nothing but what is watched", () => {
    const config = configOf("watch: [{ path: . }]\n");
    expect(config.projects).toMatchObject([{ source: { kind: "path", path: process.cwd() }, ignorePaths: [] }]);
    expect(config.policy.waits).toMatchObject({ default: 3 * DAY, github: 7 * DAY, docker: 7 * DAY });
    expect(config.deliver).toEqual({});
    expect(config.web.host).toBe("127.0.0.1");
    expect(config.secrets).toEqual({
      databaseUrl: undefined,
      redisUrl: undefined,
      github: undefined,
      forgeTokens: {},
      httpToken: undefined,
      registryLogins: {},
      registryHelpers: [],
      logins: [],
    });
  });

  it("watches each branch as a project of its own", () => {
    const config = configOf("watch: [{ repository: acme/suite, branches: [main, lts] }]\n");
    expect(config.projects.map(({ id, branch, source }) => ({ id, branch, source }))).toEqual([
      { id: "suite", branch: "main", source: { kind: "github", owner: "acme", name: "suite" } },
      { id: "suite@lts", branch: "lts", source: { kind: "github", owner: "acme", name: "suite" } },
    ]);
  });

  it("watches a repository on another forge, with a token that is named after it", () => {
    const text =
      "watch: [{ repository: acme/suite, forge: forgejo }]\nupstreams: { forgejo: { url: https://git.example } }\n";
    const config = configOf(text, { FORGEJO_TOKEN: "s3cret" });
    expect(config.projects[0]?.source).toEqual({ kind: "forgejo", owner: "acme", name: "suite" });
    expect([config.urls.forgejo.url, config.secrets.forgeTokens]).toEqual([
      "https://git.example",
      { forgejo: "s3cret" },
    ]);
  });

  it("watches projects in groups within groups where there are such, and says where there are none", () => {
    const config = configOf("watch: [{ repository: acme/apps/suite, forge: gitlab }]\n");
    expect(config.projects[0]).toMatchObject({ name: "suite", source: { owner: "acme/apps", name: "suite" } });
    expect(config.urls.gitlab.url).toBe("https://gitlab.com");
    const [error, ...more] = errorsOf("watch: [{ repository: acme/apps/suite }]\n");
    expect([error, more]).toEqual([expect.stringContaining("there are no groups within groups on GitHub"), []]);
  });

  it("reports everything that is wrong at once, with lines, allowed values and likely corrections", () => {
    expect(
      errorsOf(`watch:
  - path: .
    repository: acme
polcy: {}
schedule:
  poll: often
rules:
  - match: { step: huge }
    wait: 3 days
deliver:
  emial: {}
  e-mail: { from: nobody, to: [] }
`),
    ).toEqual([
      "file:3: watch.0.repository: must be owner/name",
      expect.stringMatching(/^file:4: polcy: unknown option; did you mean policy\?/),
      "file:8: rules.0.match.step: must be one of major, minor, patch, digest, pin, revert, other (how far the candidate goes)",
      'file:9: rules.0.wait: must be a duration such as 15m, 24h, 3d or 1w, not "3 days"',
      expect.stringMatching(/^file:11: deliver\.emial: unknown option; did you mean e-mail\?/),
      "file:12: deliver.e-mail.from: must be an address such as name@example.org",
      expect.stringMatching(/^file:12: deliver\.e-mail\.to: /),
    ]);
  });

  it.each([
    [
      "rules: []\nwatch: [{ path: ., repository: acme/suite }]",
      /^file:2: watch\.0: needs either path or repository, not both/,
    ],
    ["watch: [{ path: a, name: x }, { path: b, name: x }]", /"x" is watched twice/],
    ["watch: [{ path: . }]\nschedule: { poll: often }", /^file:2: schedule\.poll: "often" is not a cron expression/],
    ["watch: [{ path: . }]\nschedule: { time-zone: Moon }", /schedule\.time-zone: "Moon" is not a time zone/],
    ["watch: [{ path: . }]\nrules: [{ match: {}, hold: true }]", /rules\.0\.reason: is missing/],
    ["watch: []", /watch: must name at least one project/],
    ["", /watch: is missing/],
  ])("refuses %j", (text, message) => {
    expect(errorsOf(text).join("\n")).toMatch(message);
  });

  it("takes secrets from the environment, or from files that it names", () => {
    const folder = aFolder({ token: "from-a-file\n" });
    expect(configOf("watch: [{ path: . }]", { GITHUB_TOKEN_FILE: join(folder, "token") }).secrets.github).toEqual({
      kind: "token",
      token: "from-a-file",
    });
    expect(configOf("watch: [{ path: . }]", { GITHUB_TOKEN: "" }).secrets.github).toBeUndefined();
    expect(errorsOf("watch: [{ path: . }]", { GITHUB_APP_ID: "1" }).join()).toContain("GITHUB_APP_PRIVATE_KEY");
    expect(errorsOf("watch: [{ path: . }]", { SMTP_URL_FILE: "/no/such/file" }).join()).toContain(
      "SMTP_URL_FILE: there is no file at /no/such/file",
    );
  });

  it("takes registry logins from Docker's own configuration", () => {
    const folder = aFolder({ "config.json": JSON.stringify({ auths: { "ghcr.io": { auth: btoa("me:secret") } } }) });
    const config = configOf("watch: [{ path: . }]", { DOCKER_CONFIG: folder });
    expect(config.secrets.registryLogins).toEqual({ "ghcr.io": { username: "me", password: "secret" } });
    expect(errorsOf("watch: [{ path: . }]", { DOCKER_CONFIG: aFolder() }).join()).toContain("there is no such file");
  });

  it("takes logins of package indexes from the files that NETRC and NPM_CONFIG_USERCONFIG name", () => {
    const folder = aFolder({
      netrc: "machine packages.example login me password secret",
      npmrc: "//npm.example/:_authToken=${NPM_TOKEN}",
    });
    const environment = {
      NETRC: join(folder, "netrc"),
      NPM_CONFIG_USERCONFIG: join(folder, "npmrc"),
      NPM_TOKEN: "from-the-environment",
    };
    expect(configOf("watch: [{ path: . }]", environment).secrets.logins).toEqual([
      { prefix: "packages.example/", authorization: `Basic ${btoa("me:secret")}` },
      { prefix: "npm.example/", authorization: "Bearer from-the-environment" },
    ]);
    expect(errorsOf("watch: [{ path: . }]", { NETRC: "/no/such" }).join()).toContain("NETRC: there is no file");
    const url = "watch: [{ path: . }]\nupstreams: { pypi: { url: https://me:secret@packages.example } }";
    expect(errorsOf(url).join()).toMatch(/must not hold a login: put it into the file that NETRC names/);
  });

  it("says of an address inside of the network that nothing is asked there before it is allowed", () => {
    const text = (allowed: string) => `watch: [{ path: . }]
upstreams:
  pypi: { url: https://packages.example.internal }
  registries: { docker.io: { url: "http://10.1.2.3:5000" } }
deliver: { webhook: { hooks: [{ name: chat, url: "https://hooks.lan:8443/x" }] } }
network: { allow-private: [${allowed}] }`;
    const hosts = ["packages.example.internal:443", "10.1.2.3:5000", "hooks.lan:8443"];
    const environment = { WEBHOOK_SECRET: "whsec_of-a-test" };
    const errors = errorsOf(text(""), environment);
    for (const [index, where] of ["upstreams.pypi.url", "docker.io.url", "hooks.0.url"].entries())
      expect(errors.join("\n")).toMatch(new RegExp(`${where}: .*allow-private lists "${hosts[index]}"`));
    expect(errors.join("\n")).toMatch(/:3: upstreams\.pypi\.url: is inside your network/);
    const { allowPrivate } = configOf(text(hosts.map((host) => `"${host}"`).join(", ")), environment).network;
    expect(allowPrivate).toEqual(hosts);
  });

  it("turns single signals and checks on or off by their ids, and knows no others", () => {
    const { policy } = configOf(
      "watch: [{ path: . }]\ntrust: { signals: { bus-factor: on, stars: off }, checks: { off-branch: false } }",
    );
    expect(policy).toMatchObject({ signals: { "bus-factor": true, stars: false }, checks: { "off-branch": false } });
    expect(enabledSignals(policy).map(({ id }) => id)).toEqual(expect.arrayContaining(["bus-factor", "ownership"]));
    expect(enabledSignals(policy).map(({ id }) => id)).not.toEqual(expect.arrayContaining(["stars"]));
    const wrong = "watch: [{ path: . }]\ntrust: { signals: { star: on }, checks: { content-age: off } }";
    expect(errorsOf(wrong).join()).toMatch(/star: unknown option; did you mean stars\?/);
    expect(errorsOf(wrong.replace("star: on", "stars: on")).join()).toContain("content-age: cannot be turned off");
  });

  it("knows Docker Hub also where only other registries are named", () => {
    const text = "watch: [{ path: . }]\nupstreams: { registries: { quay.io: { url: https://mirror.example/quay } } }";
    expect(configOf(text).urls.registries).toEqual({
      "docker.io": { url: "https://registry-1.docker.io", hub: "https://hub.docker.com" },
      "quay.io": { url: "https://mirror.example/quay" },
    });
  });

  it("joins the mail server's URL to the channel's options", () => {
    const text = "watch: [{ path: . }]\ndeliver: { e-mail: { from: a@example.org, to: [b@example.org] } }";
    expect(configOf(text, { SMTP_URL: "smtp://mail.example:25" }).deliver["e-mail"]).toMatchObject({
      url: "smtp://mail.example:25",
    });
  });

  it("is missed with a sentence that says what to do", () => {
    const missing = readConfig({ file: "no/such.yaml", environment: {} });
    expect(missing).toBeInstanceOf(Failure);
    expect((missing as Failure).message).toMatch(
      /There is no configuration at no\/such\.yaml\..*headgate\.example\.yaml/s,
    );
  });

  it("is not needed by a command about a checkout of its own", () => {
    expect(readConfig({ optional: true, environment: {} })).not.toBeInstanceOf(Failure);
  });

  it("needs to name nothing to watch for a command about a checkout of its own", () => {
    const file = join(aFolder({ "policy.yaml": "schedule: { time-zone: Europe/Berlin }\n" }), "policy.yaml");
    const read = { file, environment: {} };
    expect(readConfig({ ...read, optional: true })).toMatchObject({
      projects: [],
      schedule: { timeZone: "Europe/Berlin" },
    });
    expect((readConfig(read) as Failure).message).toMatch(/watch/);
  });
});

describe("the JSON Schema of the configuration", () => {
  it("is the one that is shipped (npm run schema writes it)", () => {
    const shipped: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, "../config/headgate.schema.json"), "utf8"),
    );
    expect(configJsonSchema()).toEqual(shipped);
  });

  it("knows every section, and nothing else", () => {
    const { properties, additionalProperties } = configJsonSchema() as {
      properties: object;
      additionalProperties: boolean;
    };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(["watch", "rules", "deliver", "policy", "network"]));
    expect(additionalProperties).toBe(false);
  });

  it("says of every option what it is, and has each default as it is written", () => {
    const described: string[] = [];
    const silent: string[] = [];
    walk(configJsonSchema() as JsonSchema, "", (path, { description = "" }) =>
      (description.length < 4 ? silent : described).push(path),
    );
    expect(silent).toEqual([]);
    expect(described.length).toBeGreaterThan(200);
    expect(described).toEqual(
      expect.arrayContaining([".rules[].match.path", ".network.budgets.*.per", ".deliver.webhook.hooks[].quiet"]),
    );
    const { policy } = (configJsonSchema() as JsonSchema).properties ?? {};
    expect(policy?.properties?.settle).toMatchObject({ default: "1h", title: "duration" });
  });

  it("tells with an error what the option is", () => {
    expect(errorsOf("watch: [{ path: . }]\nnetwork: { reserve: much }\n")).toEqual([
      "file:2: network.reserve: must be a number (per cent of every service's request budget that polls leave to deliveries)",
    ]);
    expect(errorsOf("watch: [{ path: . }]\ndeliver: { e-mail: { to: [a@example.org] } }\n")).toEqual([
      "file:2: deliver.e-mail.from: is missing, and must be a string (the sender)",
    ]);
    expect(
      errorsOf("watch: [{ path: . }]\nnetwork: { budgets: { example.org: { requests: 0, per: 1m } } }\n")[0],
    ).toMatch(/requests: .* \(how many\)$/);
  });
});

type JsonSchema = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
};

/** Every option of a schema, however deep, with its path. */
function walk(schema: JsonSchema, path: string, see: (path: string, option: JsonSchema) => void): void {
  for (const [name, option] of Object.entries(schema.properties ?? {})) {
    see(`${path}.${name}`, option);
    walk(option, `${path}.${name}`, see);
  }
  if (schema.items !== undefined) walk(schema.items, `${path}[]`, see);
  if (typeof schema.additionalProperties === "object") walk(schema.additionalProperties, `${path}.*`, see);
  for (const one of schema.anyOf ?? []) walk(one, path, see);
}
