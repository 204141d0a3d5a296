import { scaleUtc } from "d3-scale";
import { utcFormat } from "d3-time-format";
import { DAY, type Instant, plus } from "../../domain/instant.ts";
import type { Timeline, TimelineVersion } from "../../domain/pages/timeline.ts";
import { type Html, html } from "../html.ts";
import { day } from "../time.ts";
import { count, shortVersion } from "../words.ts";
import { figure, percent } from "./figure.ts";
import { legendSign, type Sign, sign } from "./symbols.ts";

/** Of long histories only the newest are drawn; the table has the same. */
const SHOWN = 40;
const AXIS = 50;
const ROW = 30;

type Place = (at: Instant) => number;

/** Versions, waits, advisories and what happened to pins, along one axis of time. Nothing where no version is known. */
export function timelineChart(id: string, line: Timeline): Html | false {
  const shown = { ...line, versions: newest(line.versions) };
  if (shown.versions.length === 0) return false;
  const scale = scaleOf(shown);
  const place: Place = (at) => scale(new Date(at));
  const below = AXIS + 26;
  const bottom = below + (shown.advisories.length + (shown.events.length > 0 ? 1 : 0)) * ROW;
  return figure({
    id,
    title: "Versions over time",
    says: sentence(shown),
    height: bottom + 24,
    drawing: [
      waiting(shown, place, bottom),
      html`<line class="rule" x1="0" x2="100%" y1="${AXIS}" y2="${AXIS}"/>`,
      html`<line class="now" x1="${percent(place(line.now))}" x2="${percent(place(line.now))}" y1="4" y2="${bottom}"/>`,
      othersFirst(shown.versions).map((one) => sign(signOf(one), percent(place(one.at)), AXIS, versionWords(one))),
      names(shown.versions, place),
      advisories(shown, place, below),
      shown.events.map(({ at, over, words }) =>
        sign(over ? "past-event" : "event", percent(place(at)), bottom - ROW / 2, `${words}, ${day(at)}`),
      ),
      ticks(scale, bottom),
    ],
    legend: legend(shown),
    table: { headings: ["What", "When", "Said of it"], rows: rowsOf(shown), onPaper: true },
  });
}

/** From 0 to 1 over all that is shown, with a little room on both sides. */
function scaleOf({ versions, advisories: known, events, now, waitingUntil = now }: Timeline) {
  const moments = [
    ...versions.map(({ at }) => at),
    ...known.map(({ from }) => from),
    ...events.map(({ at }) => at),
    now,
    waitingUntil,
  ].sort();
  const first = moments[0] ?? now;
  const last = moments.at(-1) ?? now;
  const slack = Math.max(DAY, (Date.parse(last) - Date.parse(first)) / 40);
  return scaleUtc()
    .domain([new Date(plus(first, -slack)), new Date(plus(last, slack))])
    .range([0, 1]);
}

/** Those that are installed or proposed always, and the newest of the others. */
function newest(versions: readonly TimelineVersion[]): readonly TimelineVersion[] {
  const others = versions
    .filter(({ role }) => role === "other")
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, SHOWN);
  return [...versions.filter(({ role }) => role !== "other"), ...others].sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** What is drawn last lies on top: what is installed and proposed hides nothing behind it that matters more. */
function othersFirst(versions: readonly TimelineVersion[]): readonly TimelineVersion[] {
  return [...versions.filter(({ role }) => role === "other"), ...versions.filter(({ role }) => role !== "other")];
}

function signOf({ role, state }: TimelineVersion): Sign {
  return state === "yanked" || state === "deleted" ? "void" : role;
}

/** The installed version near the axis, the candidate above it: side by side they could not be read on a narrow screen. */
function names(versions: readonly TimelineVersion[], place: Place): Html[] {
  const installed = versions.findLast(({ role }) => role === "installed");
  const candidate = versions.findLast(({ role }) => role === "candidate");
  return [
    [installed, 36],
    [candidate, 16],
  ].flatMap(([one, y]) => {
    if (typeof one !== "object" || typeof y !== "number") return [];
    const x = place(one.at);
    const side = x > 0.85 ? "strong end" : x < 0.15 ? "strong" : "strong middle";
    return [html`<text class="${side}" x="${percent(x)}" y="${y}">${shortVersion(one.version)}</text>`];
  });
}

function waiting({ now, waitingUntil }: Timeline, place: Place, bottom: number): Html | false {
  if (waitingUntil === undefined || waitingUntil <= now) return false;
  const [from, until] = [place(now), place(waitingUntil)];
  return html`<rect class="area" x="${percent(from)}" width="${percent(until - from)}" y="4" height="${bottom - 4}"><title>Waits until ${day(waitingUntil)}</title></rect>`;
}

function advisories({ advisories: all, now }: Timeline, place: Place, top: number): Html[] {
  return all.map(({ id, severity, from, until }, index) => {
    const [start, end] = [place(from), place(until ?? now)];
    const tone = severity === "critical" || severity === "high" ? "urgent" : severity === "medium" ? "careful" : "calm";
    const y = top + index * ROW;
    const side = start > 0.5 ? "end" : "start";
    const at = start > 0.5 ? end : start;
    return html`<text class="${side}" x="${percent(at)}" y="${y + 10}">${id} (${severity === "unknown" ? "not rated" : severity})</text><rect class="${tone} span" x="${percent(start)}" width="${percent(Math.max(end - start, 0.005))}" y="${y + 15}" height="6"/>`;
  });
}

function ticks(scale: ReturnType<typeof scaleUtc<number>>, y: number): Html[] {
  const [first = new Date(0), last = new Date(0)] = scale.domain();
  const long = last.getTime() - first.getTime() > 120 * DAY;
  const write = utcFormat(long ? "%b %Y" : "%-d %b");
  return scale.ticks(7).map((tick, index) => {
    const x = scale(tick);
    const side = x < 0.05 ? "start" : x > 0.95 ? "end" : "middle";
    const roomy = index % 2 === 1 ? " roomy" : "";
    return html`<line class="rule" x1="${percent(x)}" x2="${percent(x)}" y1="${y}" y2="${y + 5}"/><text class="${side}${roomy}" x="${percent(x)}" y="${y + 19}">${write(tick)}</text>`;
  });
}

function sentence({ versions, advisories: known, events, waitingUntil }: Timeline): string {
  const of = (role: TimelineVersion["role"]) =>
    versions.filter((one) => one.role === role).map(({ version }) => version);
  const [installed, candidates] = [of("installed"), of("candidate")];
  return [
    installed.length === 0 ? "Nothing is installed at a known version." : `Installed: ${installed.join(", ")}.`,
    candidates.length > 0 && `Candidate: ${candidates.join(", ")}.`,
    waitingUntil !== undefined && `Waits until ${day(waitingUntil)}.`,
    known.length > 0 && `${count(known.length, "advisory", "advisories")}.`,
    events.length > 0 && `${count(events.length, "integrity event")}.`,
  ]
    .filter((part) => part !== false)
    .join(" ");
}

function legend({ versions, events, waitingUntil, now }: Timeline): Html {
  const used = new Set(versions.map(signOf));
  const entries = (
    [
      ["installed", "installed"],
      ["candidate", "candidate"],
      ["other", "other versions"],
      ["void", "yanked or deleted"],
    ] as const
  ).filter(([kind]) => used.has(kind));
  const happened = events.length > 0 && html`<li>${legendSign("event")} integrity event</li>`;
  const waits =
    waitingUntil !== undefined &&
    waitingUntil > now &&
    html`<li><span class="swatch"></span> waits until ${day(waitingUntil)}</li>`;
  return html`<ul class="legend">${entries.map(([kind, words]) => html`<li>${legendSign(kind)} ${words}</li>`)}${happened}${waits}<li><span class="swatch now"></span> now</li></ul>`;
}

function versionWords({ version, at, state, role }: TimelineVersion): string {
  return `${version}, ${day(at)}${role === "other" ? "" : `, ${role}`}${state === "released" ? "" : `, ${state}`}`;
}

function rowsOf({ versions, advisories: known, events }: Timeline): (readonly string[])[] {
  const rows = [
    ...versions.map(({ version, at, state, role }) => ({
      at,
      row: [version, day(at), role === "other" ? state : `${role}, ${state}`],
    })),
    ...known.map(({ id, from, until, severity }) => ({
      at: from,
      row: [id, day(from), `advisory, ${severity}${until === undefined ? "" : `, until ${day(until)}`}`],
    })),
    ...events.map(({ words, at, over }) => ({ at, row: [words, day(at), over ? "over" : "stands"] })),
  ];
  return rows.sort((a, b) => (a.at < b.at ? 1 : -1)).map(({ row }) => row);
}
