import { type Html, html } from "../html.ts";

/** A choice in a filter: the empty one stands for all. */
export function select(given: {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
}): Html {
  const option = ([value, words]: readonly [string, string]) =>
    html`<option value="${value}"${value === given.value && html` selected`}>${words}</option>`;
  return html`<div><label for="${given.id}">${given.label}</label><select id="${given.id}" name="${given.name}">${given.options.map(option)}</select></div>`;
}
