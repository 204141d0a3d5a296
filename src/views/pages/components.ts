import { between, DAY, type Instant } from "../../domain/instant.ts";
import {
  COMPONENT_VIEWS,
  type ComponentList,
  type ComponentQuery,
  type ComponentRow,
  type ComponentView,
} from "../../domain/pages/component-list.ts";
import { INSUFFICIENT_COVERAGE } from "../../domain/trust.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Hole, type Html, html } from "../html.ts";
import { type Address, linkTo } from "../parts/address.ts";
import { badge } from "../parts/badge.ts";
import { COMPONENT_STATES } from "../parts/component-state.ts";
import { type Column, dataTable } from "../parts/data-table.ts";
import { candidatePath, componentPath } from "../parts/links.ts";
import { empty } from "../parts/notice.ts";
import { number, paging } from "../parts/paging.ts";
import { select } from "../parts/select.ts";
import { moment } from "../time.ts";
import { list, shortVersion } from "../words.ts";

const VIEWS: Readonly<Record<ComponentView, string>> = {
  all: "All",
  drift: "In several versions",
  unpinned: "Not pinned",
};

/** Everything that is taken from upstream: asked for by a form, ordered by its headings. */
export function componentsPage(found: ComponentList, query: ComponentQuery, now: Instant): Html {
  const address = { path: "/components", query: written(query) };
  return html`${views(query, address)}
${filters(found, query)}
${found.total === 0 ? nothing(query) : table(found, query, now, address)}
${paging(address, found, "Pages of components")}`;
}

/** The question as its address says it: what is usual is left out. */
function written({ view, order, direction, page, text, ...rest }: ComponentQuery): Record<string, string> {
  const all = {
    ...{ q: text, ...rest, view: view === "all" ? "" : view },
    ...{ sort: order === "upstream" ? "" : order, direction: direction === "up" ? "" : direction },
    page: page === 1 ? "" : String(page),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

function views({ view }: ComponentQuery, address: Address): Html {
  const entry = (one: ComponentView) => {
    const href = linkTo(address, { view: one === "all" ? "" : one, page: "" });
    return html`<li><a href="${href}"${one === view && html` aria-current="true"`}>${VIEWS[one]}</a></li>`;
  };
  return html`<nav aria-label="Views of components"><ul class="plain tabs">${COMPONENT_VIEWS.map(entry)}</ul></nav>`;
}

function filters({ projects, kinds }: ComponentList, query: ComponentQuery): Html {
  const named = (values: readonly string[]) => values.map((value): [string, string] => [value, value]);
  const states = Object.entries(COMPONENT_STATES).map(([state, { word }]): [string, string] => [state, word]);
  const { view, order, direction } = written(query);
  const kept = Object.entries({ view, sort: order, direction }).filter(([, value]) => value !== undefined);
  return html`<form class="filters" method="get" action="/components" role="search">
<div class="wide-field"><label for="q">Name, version or path</label><input id="q" name="q" type="search" value="${query.text}" maxlength="200"></div>
${select({ id: "project", label: "Project", name: "project", value: query.project, options: [["", "All projects"], ...named(projects)] })}
${select({ id: "kind", label: "Kind", name: "kind", value: query.kind, options: [["", "All kinds"], ...named(kinds)] })}
${select({ id: "state", label: "State", name: "state", value: query.state, options: [["", "All states"], ...states] })}
${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button>Show</button></form>`;
}

function nothing({ text, project, kind, state, view }: ComponentQuery): Html {
  const asked = text + project + kind + state !== "" || view !== "all";
  return asked
    ? empty("No component is like that.", html`<a href="/components">Show all of them</a>.`)
    : empty("Nothing is known yet.", "The first cycle reads the projects' files; it began when Headgate started.");
}

function table({ rows, total, projects }: ComponentList, query: ComponentQuery, now: Instant, address: Address): Html {
  const project: Column<ComponentRow> = { heading: "Project", sort: "project", cell: (row) => row.project };
  return dataTable<ComponentRow>({
    id: "components",
    caption: `${number(total)} ${total === 1 ? "component" : "components"}`,
    order: { by: query.order, direction: query.direction },
    address,
    rows,
    columns: [
      { heading: "Upstream", sort: "upstream", row: true, cell: nameOf },
      { heading: "State", sort: "state", cell: (row) => badge(COMPONENT_STATES[row.state]) },
      { heading: "Current", cell: (row) => versions(row.current) },
      { heading: "Latest", cell: latestOf },
      { heading: "Releases behind", sort: "lag", number: true, cell: (row) => row.lag ?? unknown() },
      { heading: "Days behind", sort: "behind", number: true, cell: (row) => daysBehind(row, now) },
      { heading: "Trust", sort: "trust", number: true, cell: trustOf },
      { heading: "Places", sort: "places", number: true, cell: placesOf },
      ...(projects.length > 1 ? [project] : []), // of a single one every row would say the same
    ],
  });
}

function nameOf(row: ComponentRow): Html {
  const kind = row.upstream.slice("pkg:".length).split("/")[0] ?? "";
  const parts = upstreamLabel(row.upstream).split("/");
  const name = parts.map((part, index) => (index === 0 ? part : html`/<wbr>${part}`)); // broken there first
  return html`<a href="${componentPath(row)}">${name}</a> <span class="quiet">${kind}</span>`;
}

function placesOf({ places, unpinned }: ComponentRow): Hole {
  // where none is pinned the state says so
  return unpinned === 0 || unpinned === places
    ? places
    : html`${places} <span class="quiet nowrap">(${unpinned} not pinned)</span>`;
}

function versions(current: readonly string[]): Hole {
  if (current.length === 0) return unknown("no version written");
  const drift = current.length > 1 && html` ${badge({ word: "drift", tone: "careful", shape: "diamond" })}`;
  return html`${oneLine(list(current.map(shortVersion), 4))}${drift}`;
}

function latestOf({ latest, candidate, current, state }: ComponentRow): Hole {
  if (latest !== undefined && candidate !== undefined)
    return html`<a href="${candidatePath(candidate)}">${oneLine(shortVersion(latest))}</a>`;
  return state === "current" && current.length === 1 ? oneLine(shortVersion(current[0] ?? "")) : unknown();
}

/** A version that is not long is not broken at its dashes; a longer one only where there is no room for it. */
function oneLine(version: string): Hole {
  if (version.length > 24) return version;
  return html`<span class="${version.length > 12 ? "nowrap may-break" : "nowrap"}">${version}</span>`;
}

function daysBehind({ lag, behindSince }: ComponentRow, now: Instant): Hole {
  if (lag === 0) return 0;
  if (behindSince === undefined) return unknown();
  const days = Math.max(0, Math.floor(between(behindSince, now) / DAY));
  return html`<time datetime="${behindSince}" title="since ${moment(behindSince)}">${number(days)}</time>`;
}

function trustOf({ trust, coverage }: ComponentRow): Hole {
  if (trust === undefined || coverage === undefined) return unknown("not scored");
  if (coverage < INSUFFICIENT_COVERAGE) return html`<span class="quiet">insufficient data</span>`;
  return html`<span class="nowrap may-break">${trust.toFixed(1)} <span class="quiet nowrap">(${Math.round(coverage * 100)}% known)</span></span>`;
}

/** A dash: what is not known is quiet, and read out as what it is. */
function unknown(words = "not known"): Html {
  return html`<span class="quiet" aria-hidden="true" title="${words}">–</span><span class="hidden">${words}</span>`;
}
