import type { Delivery } from "../../domain/bump.ts";
import type { Instant } from "../../domain/instant.ts";
import type { DeliveryLine, DeliveryQuestion } from "../../domain/pages/delivery-line.ts";
import type { Listed } from "../../domain/pages/listing.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html, safeUrl } from "../html.ts";
import type { Address } from "../parts/address.ts";
import { badge, DELIVERY_STATES, deliveryState } from "../parts/badge.ts";
import { dataTable } from "../parts/data-table.ts";
import { filters } from "../parts/filters.ts";
import { letterAbout } from "../parts/letter-about.ts";
import { candidatePath } from "../parts/links.ts";
import { empty } from "../parts/notice.ts";
import { number, paging } from "../parts/paging.ts";
import { select } from "../parts/select.ts";
import { ago, when } from "../parts/when.ts";
import { channelTitle, shortVersion } from "../words.ts";

/** What the page is told. */
export type DeliveriesPage = {
  readonly lines: Listed<DeliveryLine>;
  readonly channels: readonly string[];
  /** Those that are watched. */
  readonly projects: readonly string[];
  readonly question: DeliveryQuestion;
  readonly address: Address;
  readonly now: Instant;
};

/** Everything that went outside, or should have: pull requests, letters, calls. */
export function deliveriesPage({ lines, channels, projects, question, address, now }: DeliveriesPage): Html {
  const { channel, state, project } = question;
  const states = Object.entries(DELIVERY_STATES).map(([id, { word }]) => [id, word] as const);
  return html`<p class="lead">Everything that was written to the outside, the newest first. Each has a key and happens once; what failed for a while is tried again by itself.</p>
${filters(address, [
  select({
    ...{ id: "channel", label: "Channel", name: "channel", value: channel ?? "" },
    options: [["", "All"], ...channels.map((id) => [id, channelTitle(id)] as const)],
  }),
  select({ ...{ id: "state", label: "State", name: "state", value: state ?? "" }, options: [["", "All"], ...states] }),
  projects.length > 1 &&
    select({
      ...{ id: "project", label: "Project", name: "project", value: project ?? "" },
      options: [["", "All"], ...projects.map((id) => [id, id] as const)],
    }),
])}
<section class="panel">${lines.total === 0 ? nothing(question) : table(lines, now)}${paging(address, lines, "Pages of deliveries")}</section>`;
}

function nothing({ channel, state, project }: DeliveryQuestion): Html {
  return channel === undefined && state === undefined && project === undefined
    ? empty(
        "Nothing was sent yet.",
        "Pull requests and letters appear here with the first cycle that has something to say.",
      )
    : empty("No delivery answers this.", html`<a href="/deliveries">Show all</a>`);
}

function table(lines: Listed<DeliveryLine>, now: Instant): Html {
  return dataTable({
    id: "deliveries",
    caption: `${number(lines.total)} ${lines.total === 1 ? "delivery" : "deliveries"}`,
    rows: lines.rows,
    columns: [
      { heading: "When", cell: ({ at }) => when(at, now) },
      { heading: "What", row: true, cell: what },
      { heading: "Channel", cell: ({ channel }) => channelTitle(channel) },
      { heading: "State", cell: ({ state, error }) => badge(deliveryState(state, error)) },
      { heading: "Said", cell: (line) => said(line, now) },
    ],
  });
}

const SUBJECTS: Readonly<Record<Delivery["subject"]["kind"], string>> = {
  candidate: "Candidate",
  digest: "Digest",
  alert: "Notice",
  "pull-request": "Pull request",
};

/** Of a digest's id its day, of an alert's as much as commands need. */
const SHORT_ID = 10;

function what({ candidate, subject, about }: DeliveryLine): Html {
  if (candidate === undefined && about !== undefined) return html`${SUBJECTS[subject.kind]}: ${letterAbout(about)}`;
  if (candidate === undefined)
    return html`${SUBJECTS[subject.kind]} <span class="quiet">${subject.id.slice(0, SHORT_ID)}</span>`;
  const { id, upstream, to, project } = candidate;
  return html`<a href="${candidatePath(id)}">${upstreamLabel(upstream)} ${shortVersion(to)}</a> <span class="quiet">${project}</span>`;
}

function said({ url, error, retryAt, commit }: DeliveryLine, now: Instant): Html {
  const safe = safeUrl(url);
  return html`${safe !== undefined && html`<a class="anywhere" href="${safe}" rel="noreferrer">${safe.replace(/^https?:\/\/[^/]+\//, "")}</a> `}${commit !== undefined && html`<code>${commit.slice(0, 12)}</code> `}${error}${retryAt !== undefined && html` <span class="quiet">Tried again ${ago(retryAt, now)}.</span>`}`;
}
