import { type Hole, type Html, html } from "../html.ts";

/** A form that changes something: what it does, why (always asked for), and until when where that makes sense. */
export type ReasonForm = {
  /** Unique on the page. */
  readonly id: string;
  readonly action: string;
  /** The hidden fields that every form of this session carries, and what it is about. */
  readonly hidden: Readonly<Record<string, string>>;
  /** The buttons: each sends its own value under `name`. */
  readonly name: string;
  readonly buttons: readonly { readonly value: string; readonly words: string }[];
  /** What stands out; `first` unless told otherwise. */
  readonly main?: "first" | "none";
  readonly until?: boolean;
  readonly hint?: string;
  /** What was typed, and what is wrong with it, after a refusal. */
  readonly reason?: string;
  readonly wrong?: string;
  /** Further fields. */
  readonly more?: Hole;
};

/**
 * The button that Enter in a field would press, and cannot: of several, which one is meant is said by pressing it
 * (https://html.spec.whatwg.org/#implicit-submission).
 */
const NO_DEFAULT = html`<button type="submit" disabled hidden></button>`;

/** The form. Without a reason the browser does not send it, and the server refuses it. */
export function reasonForm(form: ReasonForm): Html {
  const { id, wrong } = form;
  const described = [form.hint !== undefined && `${id}-hint`, wrong !== undefined && `${id}-wrong`].filter(Boolean);
  const invalid = wrong !== undefined && html` aria-invalid="true" autofocus`;
  return html`<form method="post" action="${form.action}">${Object.entries(form.hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${form.buttons.length > 1 && NO_DEFAULT}
<div class="fields"><div><label for="${id}-reason">Reason</label>${form.hint !== undefined && html`<p class="hint" id="${id}-hint">${form.hint}</p>`}${wrong !== undefined && html`<p class="wrong" id="${id}-wrong">${wrong}</p>`}
<input id="${id}-reason" name="reason" required minlength="3" maxlength="500"${described.length > 0 && html` aria-describedby="${described.join(" ")}"`}${invalid} value="${form.reason ?? ""}"></div>
${form.until === true && html`<div><label for="${id}-until">Until (optional)</label><input id="${id}-until" name="until" type="date"></div>`}${form.more}</div>
<div class="buttons">${form.buttons.map(({ value, words }, index) => html`<button class="${index === 0 && form.main !== "none" ? "main" : ""}" name="${form.name}" value="${value}">${words}</button>`)}</div></form>`;
}
