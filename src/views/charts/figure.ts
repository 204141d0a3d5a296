import { type Hole, type Html, html } from "../html.ts";

/**
 * A chart with everything that those who do not see it need: a title, a sentence that says what it shows, and the same
 * figures as a table. Positions are attributes and looks are classes, since no page allows inline style.
 */
export type Figure = {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what the picture says. */
  readonly says: string;
  readonly height: number;
  readonly drawing: Hole;
  readonly legend?: Hole;
  /** Bars are read best when they are not wider than a line of text. */
  readonly bars?: boolean;
  /** `onPaper`: it says more than words and picture do to somebody who cannot point at anything. */
  readonly table: {
    readonly headings: readonly string[];
    readonly rows: readonly (readonly Hole[])[];
    readonly onPaper?: boolean;
  };
};

/** The figure. Its width is that of its place: what is drawn is placed in percent, so that words keep their size. */
export function figure({ id, title, says, height, drawing, legend, bars, table }: Figure): Html {
  return html`<figure class="chart${bars === true && " bars"}"><figcaption><h2 id="${id}">${title}</h2></figcaption>
<svg role="img" aria-labelledby="${id}-title ${id}-says" width="100%" height="${height}"><title id="${id}-title">${title}</title><desc id="${id}-says">${says}</desc>${drawing}</svg>
${legend}<details${table.onPaper !== true && html` class="screen"`}><summary>The same as a table</summary><div class="table" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${table.headings.map((words) => html`<th scope="col">${words}</th>`)}</tr></thead><tbody>${table.rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div></details></figure>`;
}

/** A part of the width, 0..1, as an attribute's value. */
export function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
