import type { SettingsSection } from "../../domain/pages/settings.ts";
import { type Html, html } from "../html.ts";
import { facts } from "../parts/facts.ts";

/** The configuration as it takes effect. It is changed in its file, not here. */
export function settingsPage(sections: readonly SettingsSection[]): Html {
  return html`<p class="lead">The configuration as it takes effect, defaults included and without secrets. It is changed in its file: <code>headgate schema</code> describes every option.</p>
<div class="columns">${sections.map(
    ({ title, about, rows }) =>
      html`<section class="panel"><h2>${title}</h2><p class="quiet">${about}</p>${facts(rows.map(({ name, value }) => [name, value]))}</section>`,
  )}</div>`;
}
