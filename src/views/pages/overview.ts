import type { Alert } from "../../domain/bump.ts";
import type { SourceFreshness } from "../../domain/freshness.ts";
import { HOUR, type Instant } from "../../domain/instant.ts";
import type { CandidateLine, NextRun, Overview, ProjectLine, Some } from "../../domain/overview.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { type Html, html, safeUrl } from "../html.ts";
import { moment, relative } from "../time.ts";
import { ALERTS, count, list, STEPS, shortVersion } from "../words.ts";

/** The first page. `now` is what ages are reckoned from. */
export function overviewPage(overview: Overview, nextRuns: readonly NextRun[], now: Instant): Html {
  return html`${needs(overview, now)}
${proposed(overview.proposed, now)}
${projects(overview.projects, now)}
${freshness(overview.freshness, now)}
${limits(overview, now)}
${runs(nextRuns, now)}`;
}

function needs({ alarms, overdue, held }: Overview, now: Instant): Html {
  const nothing = alarms.total + overdue.total + held.total === 0;
  return html`<section aria-labelledby="needs"><h2 id="needs">Needs you</h2>
${nothing && html`<p class="good">Nothing. No alarm stands, no advisory is overdue, and nothing is held.</p>`}
${alarms.total > 0 && html`<h3>${count(alarms.total, "alarm")}</h3>${alertList(alarms, now)}`}
${overdue.total > 0 && html`<h3>${count(overdue.total, "overdue advisory", "overdue advisories")}</h3>${alertList(overdue, now)}`}
${held.total > 0 && html`<h3>${held.total} held</h3>${candidateList(held, now)}`}
</section>`;
}

function alertList({ first, total }: Some<Alert>, now: Instant): Html {
  const items = first.map(
    (
      alert,
    ) => html`<li><strong class="urgent">${ALERTS[alert.class]}</strong> (${alert.severity}, ${alert.project}): ${alert.summary}
<span class="quiet">Since ${time(alert.openedAt, now)}. ${alert.acknowledged === undefined ? alert.next : `Acknowledged by ${alert.acknowledged.by}.`}</span></li>`,
  );
  return html`<ul>${items}</ul>${more(total, first.length)}`;
}

function proposed(lines: Some<CandidateLine>, now: Instant): Html {
  const body = lines.total === 0 ? html`<p>No pull request is open.</p>` : candidateList(lines, now);
  return html`<section aria-labelledby="proposed"><h2 id="proposed">Proposed</h2>${body}</section>`;
}

function candidateList({ first, total }: Some<CandidateLine>, now: Instant): Html {
  const items = first.map((line) => {
    const url = safeUrl(line.url);
    return html`<li><strong>${upstreamLabel(line.upstream)}</strong> ${list(line.from.map(shortVersion))} → ${shortVersion(line.to)}
<span class="quiet">(${STEPS[line.step]}, ${line.project}, ${time(line.updatedAt, now)})</span>
${line.reason !== undefined && html`<br>${line.reason}`}
${url !== undefined && html`<a href="${url}">Pull request</a>`}</li>`;
  });
  return html`<ul>${items}</ul>${more(total, first.length)}`;
}

function more(total: number, shown: number): Html | undefined {
  return total > shown ? html`<p class="quiet">And ${total - shown} more.</p>` : undefined;
}

function projects(lines: readonly ProjectLine[], now: Instant): Html {
  const rows = lines.map(
    ({ id, components, readAt, failure }) => html`<tr><th scope="row">${id}</th><td class="number">${components}</td>
<td>${readAt === undefined ? "never" : time(readAt, now)}</td>
<td>${failure === undefined ? "well" : html`<span class="urgent">${failure.message}</span> since ${time(failure.since, now)}`}</td></tr>`,
  );
  return html`<section><table><caption>Projects</caption>
<thead><tr><th scope="col">Project</th><th scope="col" class="number">Components</th><th scope="col">Files read</th><th scope="col">State</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}

function freshness(sources: readonly SourceFreshness[], now: Instant): Html {
  const rows = sources.map(
    ({
      source,
      upstreams,
      stale,
      oldest,
      target,
    }) => html`<tr><th scope="row">${source}</th><td class="number">${upstreams}</td>
<td class="number">${stale === 0 ? "0" : html`<strong class="urgent">${stale} stale</strong>`}</td>
<td>${oldest === undefined ? "" : time(oldest, now)}</td><td class="number">${target / HOUR} h</td></tr>`,
  );
  if (rows.length === 0) return html`<section><h2>Freshness</h2><p>No upstream has been asked yet.</p></section>`;
  return html`<section><table><caption>Freshness of every source</caption>
<thead><tr><th scope="col">Source</th><th scope="col" class="number">Upstreams</th><th scope="col" class="number">Too old</th><th scope="col">Oldest answer</th><th scope="col" class="number">At most wanted</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}

function limits({ budgets, pauses }: Overview, now: Instant): Html {
  const left = budgets.map(
    ({ name, limit, remaining, resetAt }) =>
      html`<li>${name}: ${remaining} of ${limit} requests, until ${time(resetAt, now)}</li>`,
  );
  const alone = pauses.map(
    ({ host, trouble, until }) =>
      html`<li><strong class="careful">${host}</strong> is left alone${until !== undefined && html` until ${time(until, now)}`} because of ${trouble}</li>`,
  );
  return html`<section aria-labelledby="budgets"><h2 id="budgets">Request budgets</h2>
${left.length + alone.length === 0 ? html`<p>No service has stated a limit lately.</p>` : html`<ul>${left}${alone}</ul>`}</section>`;
}

function runs(nextRuns: readonly NextRun[], now: Instant): Html {
  if (nextRuns.length === 0) return html``;
  const items = nextRuns.map(({ what, at }) => html`<li>${what}: ${time(at, now)}</li>`);
  return html`<section aria-labelledby="runs"><h2 id="runs">Next runs</h2><ul>${items}</ul></section>`;
}

function time(instant: Instant, now: Instant): Html {
  return html`<time datetime="${instant}" title="${moment(instant)}">${relative(instant, now)}</time>`;
}
