import { DAY, type Instant, plus } from "./instant.ts";
import type { Component, Pin, Place } from "./pin.ts";
import { parsePurl } from "./upstream.ts";

/** A line of releases that is kept up together. `endsAt` is absent where no day is named; `ended` is the source's own word. */
export type Cycle = {
  readonly name: string;
  readonly codename?: string;
  readonly ended: boolean;
  readonly endsAt?: Instant;
};

/** A product with the cycles it has, newest first; `url` is the page for people. */
export type Product = {
  readonly name: string;
  readonly label: string;
  readonly url: string;
  readonly cycles: readonly Cycle[];
};

/** Something pinned that gets no fixes any more, or soon. `subject`: `Debian 11`; `supported`: what is, newest first. */
export type SupportEntry = {
  readonly project: string;
  readonly upstream: string;
  readonly subject: string;
  readonly ended: boolean;
  readonly endsAt?: Instant;
  readonly supported: readonly string[];
  readonly url: string;
  readonly places: readonly Place[];
};

/** A product by its name at endoflife.date, and the version or codename of it that a pin decides. */
export type PinnedProduct = { readonly product: string; readonly version: string };

/** How long before its end a cycle is spoken of. */
const NOTICE = 90 * DAY;

/** Official images and repositories whose product has another name at endoflife.date than the image. */
const PRODUCTS: Readonly<Record<string, string>> = {
  ...named("docker/library", {
    almalinux: "almalinux",
    alpine: "alpine-linux",
    amazoncorretto: "amazon-corretto",
    amazonlinux: "amazon-linux",
    cassandra: "apache-cassandra",
    centos: "centos",
    composer: "composer",
    consul: "consul",
    couchdb: "apache-couchdb",
    debian: "debian",
    "eclipse-temurin": "eclipse-temurin",
    elasticsearch: "elasticsearch",
    fedora: "fedora",
    golang: "go",
    gradle: "gradle",
    haproxy: "haproxy",
    httpd: "apache-http-server",
    kibana: "kibana",
    logstash: "logstash",
    mariadb: "mariadb",
    maven: "apache-maven",
    memcached: "memcached",
    mongo: "mongodb",
    mysql: "mysql",
    neo4j: "neo4j",
    nginx: "nginx",
    node: "nodejs",
    oraclelinux: "oracle-linux",
    perl: "perl",
    php: "php",
    postgres: "postgresql",
    python: "python",
    rabbitmq: "rabbitmq",
    redis: "redis",
    rockylinux: "rocky-linux",
    ruby: "ruby",
    solr: "apache-solr",
    tomcat: "tomcat",
    traefik: "traefik",
    ubuntu: "ubuntu",
    valkey: "valkey",
    varnish: "varnish",
  }),
  ...named("github", {
    "ansible/ansible": "ansible-core",
    "elastic/elasticsearch": "elasticsearch",
    "elastic/kibana": "kibana",
    "elastic/logstash": "logstash",
    "golang/go": "go",
    "grafana/grafana": "grafana",
    "hashicorp/terraform": "terraform",
    "hashicorp/vault": "hashicorp-vault",
    "keycloak/keycloak": "keycloak",
    "kubernetes/kubernetes": "kubernetes",
    "nodejs/node": "nodejs",
    "opensearch-project/opensearch": "opensearch",
    "python/cpython": "python",
    "ruby/ruby": "ruby",
  }),
  ...named("docker", {
    "grafana/grafana": "grafana",
    "keycloak/keycloak": "keycloak",
    "opensearchproject/opensearch": "opensearch",
    "logstash/logstash-oss": "logstash",
    "elasticsearch/elasticsearch": "elasticsearch",
    "rancher/k3s": "k3s",
  }),
  ...named("pypi", { django: "django", "ansible-core": "ansible-core", numpy: "numpy", salt: "salt" }),
  ...named("npm", { angular: "angular", electron: "electron", next: "nextjs", react: "react", vue: "vue" }),
};

function named(prefix: string, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([name, product]) => [`${prefix}/${name}`, product]));
}

/** Words of image tags that name the distribution underneath. */
const CODENAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["stretch", "buster", "bullseye", "bookworm", "trixie", "forky"].map((name) => [name, "debian"]),
  ),
  ...Object.fromEntries(["bionic", "focal", "jammy", "noble", "oracular", "plucky"].map((name) => [name, "ubuntu"])),
};

/** The products that a pin decides the cycle of: what an image holds, and the distribution that its tag names. */
export function pinnedProducts(pin: Pin): PinnedProduct[] {
  const parts = parsePurl(pin.upstream);
  if (parts === undefined) return [];
  const image = parts.type === "docker";
  const version = pin.version === "" && image ? pin.text : pin.version; // a codename is no version, and says which all the same
  if (version === "" || (pin.precision === "branch" && !image)) return [];
  const namespace = parts.namespace === "" && image ? "library" : parts.namespace;
  const path = [parts.type, namespace, parts.name].filter((part) => part !== "").join("/");
  const ubi = /^docker\/ubi(\d+)\b/.exec(path)?.[1];
  const product = PRODUCTS[path];
  const own = product === undefined ? [] : [{ product, version }];
  const enterprise = ubi === undefined ? [] : [{ product: "rhel", version: ubi }];
  return [...own, ...enterprise, ...(image ? distributions(version, product) : [])];
}

function distributions(tag: string, product: string | undefined): PinnedProduct[] {
  const words = tag.toLowerCase().split("-");
  const found = words.flatMap((word): PinnedProduct[] => {
    const alpine = /^alpine(\d+\.\d+)$/.exec(word)?.[1];
    if (alpine !== undefined) return [{ product: "alpine-linux", version: alpine }];
    const distribution = CODENAMES[word];
    return distribution === undefined ? [] : [{ product: distribution, version: word }];
  });
  return found.filter((one) => one.product !== product);
}

/** The cycle that a version belongs to: by its number (`3.11.4` is of `3.11`) or its codename; undefined: none, or several. */
export function cycleOf({ cycles }: Product, version: string): Cycle | undefined {
  const [written = ""] = version
    .toLowerCase()
    .replace(/^v(?=\d)/, "")
    .split("-");
  const number = /^\d+(?:\.\d+)*/.exec(written)?.[0];
  const byName = cycles
    .filter(({ name }) => written === name.toLowerCase() || number === name || (number ?? "").startsWith(`${name}.`))
    .sort((a, b) => b.name.length - a.name.length);
  return byName[0] ?? cycles.find(({ codename }) => codename?.toLowerCase().split(" ")[0] === written);
}

/** What of the components gets no fixes any more, or will not in 90 days. Pure; products that are not given are not judged. */
export function endingSupport(
  components: readonly Component[],
  products: ReadonlyMap<string, Product>,
  now: Instant,
): SupportEntry[] {
  const seen = components.flatMap(({ project, upstream, pins }) =>
    pins.flatMap((pin) =>
      pinnedProducts(pin).flatMap(({ product: name, version }) => {
        const product = products.get(name);
        const cycle = product === undefined ? undefined : cycleOf(product, version);
        return product === undefined || cycle === undefined ? [] : [{ project, upstream, pin, product, cycle }];
      }),
    ),
  );
  const groups = Map.groupBy(seen, ({ project, upstream, product, cycle }) =>
    [project, upstream, product.name, cycle.name].join("\n"),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || !isEnding(first.cycle, now)) return [];
    const { project, upstream, product, cycle } = first;
    const places = [first, ...others].map(({ pin: { path, line } }) => ({ path, line }));
    const supported = product.cycles.filter((one) => !hasEnded(one, now) && one !== cycle).map(({ name }) => name);
    return [
      {
        project,
        upstream,
        subject: `${product.label} ${cycle.name}`,
        ended: hasEnded(cycle, now),
        ...(cycle.endsAt !== undefined && { endsAt: cycle.endsAt }),
        supported: supported.slice(0, 3),
        url: product.url,
        places,
      },
    ];
  });
}

function hasEnded({ ended, endsAt }: Cycle, now: Instant): boolean {
  return endsAt === undefined ? ended : endsAt <= now;
}

function isEnding(cycle: Cycle, now: Instant): boolean {
  return hasEnded(cycle, now) || (cycle.endsAt !== undefined && cycle.endsAt <= plus(now, NOTICE));
}

/** `Debian 11 is out of support since 2024-08-14. Supported: 13, 12.` */
export function supportSentence({ subject, ended, endsAt, supported }: SupportEntry): string {
  const day = endsAt?.slice(0, 10);
  const since = day === undefined ? "" : ` since ${day}`;
  const what = ended ? `${subject} is out of support${since}` : `${subject} goes out of support on ${day}`;
  return supported.length === 0 ? `${what}.` : `${what}. Supported: ${supported.join(", ")}.`;
}
