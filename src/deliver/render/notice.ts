import type { Notice } from "../../domain/digest.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { html, toMarkup } from "../../views/html.ts";
import { anchor, card, mailPage, marked, quiet, type Tone, withCode } from "../../views/mail.ts";
import { plainLine } from "../../views/plain.ts";
import { underline, wrap } from "../../views/text.ts";
import { moment } from "../../views/time.ts";

/** A mail about one piece of trouble. */
export type NoticeText = { readonly subject: string; readonly html: string; readonly text: string };

const STATES: Readonly<Record<Notice["state"], { readonly words: string; readonly tone: Tone }>> = {
  open: { words: "This needs somebody now.", tone: "urgent" },
  changed: { words: "There is more to it than was said before.", tone: "urgent" },
  over: { words: "This is over.", tone: "good" },
};

/** Writes a notice: what happened, why, what to do next. Later letters of a thread have the subject of a reply. */
export function renderNotice(given: Notice): NoticeText {
  const notice = shortened(given);
  const { words, tone } = STATES[notice.state];
  const others = notice.more === undefined ? "" : ` and ${notice.more} more`;
  const about = `${notice.project} · ${upstreamLabel(notice.upstream)}${others} · ${notice.severity} · ${moment(notice.at)}`;
  const next = notice.next === undefined || notice.state === "over" ? [] : [{ mark: "next", text: notice.next }];
  const isAnswer = ({ mark }: { readonly mark: string }) => mark === SEEN;
  const seen = notice.facts.filter(isAnswer); // what to do comes before saying that it is seen
  const facts = [...notice.facts.filter((fact) => !isAnswer(fact)), ...next, ...seen];
  const body = [
    quiet(about),
    card([
      marked(tone, words, ""),
      html`<div style="margin:6px 0">${anchor(withCode(notice.summary), notice.url)}</div>`,
      ...facts.map((fact) => marked("careful", fact.mark, withCode(fact.text))),
    ]),
    quiet(FOOTER),
  ];
  const text = [
    underline(notice.title),
    wrap(about.replaceAll(" · ", ", ")),
    wrap(words),
    wrap(notice.summary),
    ...(notice.url === undefined ? [] : [plainLine(notice.url, 2_000)]),
    facts.map((fact) => wrap(`${fact.mark}: ${fact.text}`, "    ", "  ")).join("\n"),
    `-- \n${wrap(FOOTER)}`,
  ];
  return {
    subject: subjectOf(notice),
    html: toMarkup(mailPage({ title: notice.title, preview: `${words} ${notice.summary}`, body })),
    text: `${text.filter((part) => part !== "").join("\n\n")}\n`,
  };
}

const SEEN = "seen it";

/** Nothing that somebody else wrote may be longer than a reader wants. */
function shortened(notice: Notice): Notice {
  const { next } = notice;
  return {
    ...notice,
    project: plainLine(notice.project, 100),
    title: plainLine(notice.title, 150),
    summary: plainLine(notice.summary, 1_000),
    facts: notice.facts
      .slice(0, 50)
      .map(({ mark, text }) => ({ mark: plainLine(mark, 100), text: plainLine(text, 400) })),
    ...(next !== undefined && { next: plainLine(next, 400) }),
  };
}

const FOOTER =
  "Headgate tells this once, and again only when it changes or is over. The digest shows it as long as it stands.";

function subjectOf(notice: Notice): string {
  const subject = `[Headgate] ${notice.project}: ${notice.title}`;
  return plainLine(`${notice.first ? "" : "Re: "}${subject}`, 150);
}
