import type { FreshnessTargets } from "../../domain/freshness.ts";
import type { SettingsSection } from "../../domain/pages/settings.ts";
import type { Policy, Rule } from "../../domain/policy.ts";
import type { Project } from "../../domain/project.ts";
import type { Vouch } from "../../domain/trust.ts";
import { formatDuration } from "../../lib/config/duration.ts";
import { costsWithout } from "../../lib/forge/profile.ts";
import { redact } from "../../lib/secrets/redact.ts";
import type { FlowContext } from "../context.ts";

type Rows = SettingsSection["rows"];

/** The configuration as it takes effect, defaults included. Secrets are left out, and what may hold one is shortened. */
export function showSettings(flow: FlowContext): SettingsSection[] {
  const { policy, freshness, projects, deliver, urls, vouches, trust } = flow;
  return [
    {
      title: "Watched projects",
      about: "Whose files are read.",
      rows: projects.map((project) => projectRow(project, flow.forges)),
    },
    { title: "Waits", about: "How old content must be before it is proposed.", rows: waits(policy) },
    { title: "Times to answer", about: "From first sight of an advisory to its due date.", rows: responses(policy) },
    { title: "Rules", about: "In this order; later ones win.", rows: policy.rules.map(ruleRow) },
    {
      title: "Trust",
      about: "What each heading weighs, and what is turned on or off.",
      rows: trustRows(policy, trust.refresh ? "brought up to date by the daemon" : "as they were shipped"),
    },
    { title: "Vouches of the configuration", about: "Recorded relationships of trust.", rows: vouches.map(vouchRow) },
    { title: "Freshness", about: "How old what a source said may be.", rows: targets(freshness) },
    { title: "Delivery", about: "Channels that are on; nothing is sent by others.", rows: deliveryRows(deliver) },
    { title: "Services", about: "Where each outside service is asked.", rows: serviceRows(urls) },
    { title: "This process", about: "Where state is kept and how connections leave.", rows: processRows(flow) },
  ].filter(({ rows }) => rows.length > 0);
}

function trustRows({ weights, signals, checks }: Policy, roots: string): Rows {
  return [
    ...Object.entries(weights).map(([name, weight]) => ({ name, value: `${weight}%` })),
    ...switches("signals", signals),
    ...switches("checks", checks),
    { name: "trust roots", value: roots },
  ];
}

function deliveryRows(deliver: FlowContext["deliver"]): Rows {
  const rows = flatten(deliver).map(shorten);
  return rows.length > 0 ? rows : [{ name: "channels", value: "none: nothing is sent" }];
}

function vouchRow({ upstream, by, reason, until }: Vouch): Rows[number] {
  return { name: upstream, value: `${by}: ${reason}${until === undefined ? "" : `, until ${until.slice(0, 10)}`}` };
}

function serviceRows(urls: FlowContext["urls"]): Rows {
  const named = flatten(urls).filter(({ value }) => value !== "on");
  return named.map(({ name, value }) => ({ name: asWritten(name), value }));
}

function processRows(flow: FlowContext): Rows {
  const { storage, queueing, networking, publicUrl, retention } = flow;
  return [
    { name: "store", value: storage },
    { name: "queue", value: queueing },
    { name: "network", value: networking },
    ...forgeRows(flow),
    { name: "public address", value: publicUrl ?? "none" },
    { name: "decisions are kept", value: formatDuration(retention.decisions) },
    { name: "evidence is kept", value: formatDuration(retention.evidence) },
  ];
}

/** Forges that projects or upstreams are read from, and those that there is a credential for. */
function forgeRows({ forges, projects }: FlowContext): Rows {
  return Object.values(forges).flatMap((watched) => {
    const { id, title, forge } = watched;
    if (forge !== undefined) return [{ name: title, value: `a credential is set: ${forge.title}` }];
    const isWatched = projects.some(({ source }) => source.kind === id);
    const costs = costsWithout(watched, isWatched);
    return costs.length === 0 ? [] : [{ name: title, value: `no credential: ${costs.join("; ")}` }];
  });
}

function projectRow({ id, source, branch, ignorePaths }: Project, forges: FlowContext["forges"]): Rows[number] {
  const place = source.kind === "path" ? source.path : `${source.owner}/${source.name} on ${forges[source.kind].title}`;
  const ignored = ignorePaths.length === 0 ? "" : `, without ${ignorePaths.join(", ")}`;
  return { name: id, value: `${place}${branch === undefined ? "" : ` at ${branch}`}${ignored}` };
}

function waits({ waits: byKind, settle, pin, allowPrereleases }: Policy): Rows {
  return [
    ...Object.entries(byKind).map(([name, value]) => ({ name, value: formatDuration(value) })),
    { name: "settle", value: formatDuration(settle) },
    { name: "pin", value: pin ? "what floats is pinned" : "only where a rule says so" },
    { name: "prereleases", value: allowPrereleases ? "allowed" : "only where one is on one" },
  ];
}

function responses({ responseTimes }: Policy): Rows {
  return (["critical", "high", "medium", "low", "unknown"] as const).map((name) => {
    const time = responseTimes[name];
    return { name, value: time === undefined ? "with the next major version" : formatDuration(time) };
  });
}

function ruleRow({ match, wait, range, hold, skip, deliver }: Rule, index: number): Rows[number] {
  const matches = Object.entries(match).map(([key, value]) => `${key} ${value}`);
  const effects = [
    wait !== undefined && `wait ${formatDuration(wait)}`,
    range !== undefined && `only ${range.text}${range.reason === "" ? "" : ` (${range.reason})`}`,
    hold !== undefined && `hold: ${hold.reason}`,
    skip !== undefined && `skip: ${skip.reason}`,
    ...flatten(deliver ?? {}).map(({ name, value }) => `${name} ${value}`),
  ].filter((part) => part !== false);
  return { name: `${index + 1}`, value: `${matches.join(", ") || "everything"}: ${effects.join("; ")}` };
}

function switches(what: string, given: Policy["signals"] = {}): Rows {
  return Object.entries(given).map(([id, on]) => ({ name: `${what}: ${id}`, value: on ? "on" : "off" }));
}

function targets(freshness: FreshnessTargets): Rows {
  return Object.entries(freshness).map(([name, value]) => ({ name, value: formatDuration(value) }));
}

/** Nested options as `a.b` and their value. What looks like a secret, or is named like one, is not there. */
function flatten(value: unknown, name = ""): { name: string; value: string }[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [{ name, value: String(redact(value)) }];
  if (Array.isArray(value)) {
    if (value.length === 0) return [];
    const flat = value.every((one) => typeof one !== "object");
    return flat
      ? [{ name, value: value.map((one) => String(redact(one))).join(", ") }]
      : value.flatMap((one, index) => flatten(one, `${name}.${index + 1}`));
  }
  const clean = redact(value);
  const entries = Object.entries(typeof clean === "object" && clean !== null ? clean : {});
  if (entries.length === 0) return name === "" || name.includes(".") ? [] : [{ name, value: "on" }];
  return entries.flatMap(([key, part]) => flatten(part, name === "" ? key : `${name}.${key}`));
}

/** As the configuration's file calls it: `depsDev.url` is `deps-dev.url` there. */
function asWritten(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Addresses that things are sent to may be a secret as a whole, as those of chat services are: only their host is told. */
function shorten({ name, value }: { name: string; value: string }): { name: string; value: string } {
  if (!URL.canParse(value) || !/^(?:https?|smtps?):$/.test(new URL(value).protocol)) return { name, value };
  const { protocol, host, pathname, search } = new URL(value);
  const more = pathname.length > 1 || search !== "" ? "/…" : "";
  return { name, value: `${protocol}//${host}${more}` };
}
