import { type Hole, type Html, html } from "../html.ts";

/** Questions to a list, asked by a link that can be kept: a form without a side effect. */
export function filters(path: string, fields: Hole): Html {
  return html`<form class="filters" method="get" action="${path}" role="search">${fields}<div><button>Show</button> <a href="${path}">Clear</a></div></form>`;
}

/** A field for words. */
export function searchField(id: string, name: string, label: string, value: string): Html {
  return html`<div class="wide-field"><label for="${id}">${label}</label><input id="${id}" name="${name}" type="search" value="${value}"></div>`;
}
