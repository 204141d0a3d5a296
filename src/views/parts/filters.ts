import { type Hole, type Html, html } from "../html.ts";
import type { Address } from "./address.ts";

/** Questions to a list, asked by a link that can be kept: a form without a side effect. What was asked can be taken back. */
export function filters({ path, query }: Address, fields: Hole): Html {
  const clear = Object.keys(query).some((name) => name !== "page") && html` <a href="${path}">Clear</a>`;
  return html`<form class="filters" method="get" action="${path}" role="search">${fields}<div><button>Show</button>${clear}</div></form>`;
}

/** A field for words. */
export function searchField(id: string, name: string, label: string, value: string): Html {
  return html`<div class="wide-field"><label for="${id}">${label}</label><input id="${id}" name="${name}" type="search" value="${value}"></div>`;
}
