import { type Hole, type Html, html } from "../html.ts";
import { type Address, linkTo } from "./address.ts";

/** One column. `sort`: the name by which its question asks for this order. `row`: its cells name their row. */
export type Column<Row> = {
  readonly heading: string;
  readonly cell: (row: Row) => Hole;
  readonly sort?: string;
  readonly number?: boolean;
  readonly row?: boolean;
};

/** The order rows are in. */
type Order = { readonly by: string; readonly direction: "up" | "down" };

/** A table as data. `caption` says what is listed; it is read out before the cells. */
export type DataTable<Row> = {
  readonly id: string;
  readonly caption: Hole;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Headings become links that ask for their order at this address. */
  readonly order?: Order;
  readonly address?: Address;
};

/**
 * A table in a region of its own, that can be scrolled with the keyboard; on narrow screens rows become cards. The roles
 * are written out, because `display: block` takes them from table elements
 * (https://www.w3.org/TR/html-aam-1.0/#el-table).
 */
export function dataTable<Row>(table: DataTable<Row>): Html {
  const { id, caption, columns, rows } = table;
  return html`<div class="table cards" role="region" aria-labelledby="${id}" tabindex="0"><table role="table"><caption id="${id}">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => heading(table, column))}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${columns.map((column) => cell(column, row))}</tr>\n`)}</tbody></table></div>`;
}

function heading<Row>({ order, address }: DataTable<Row>, column: Column<Row>): Html {
  const { heading: words, sort, number } = column;
  const kind = number === true && html` class="number"`;
  if (sort === undefined || order === undefined || address === undefined)
    return html`<th role="columnheader" scope="col"${kind}>${words}</th>`;
  const here = order.by === sort;
  const next = here && order.direction === "up" ? "down" : "up";
  const now = here && html` aria-sort="${order.direction === "up" ? "ascending" : "descending"}"`;
  const arrow = here && html` <span aria-hidden="true">${order.direction === "up" ? "↑" : "↓"}</span>`;
  const href = linkTo(address, { sort, direction: next, page: "" });
  return html`<th role="columnheader" scope="col"${kind}${now}><a href="${href}">${words}${arrow}</a></th>`;
}

/** The value is one element, so that a card can put it beside its heading. */
function cell<Row>({ heading: words, number, row: names, cell: value }: Column<Row>, row: Row): Html {
  const kind = number === true && html` class="number"`;
  return names === true
    ? html`<th role="rowheader" scope="row" data-label="${words}"><div>${value(row)}</div></th>`
    : html`<td role="cell" data-label="${words}"${kind}><div>${value(row)}</div></td>`;
}
