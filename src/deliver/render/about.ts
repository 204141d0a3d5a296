import type { LetterAbout } from "../../domain/bump.ts";
import type { Notice } from "../../domain/digest.ts";
import type { PullRequestNews } from "../../domain/pull-request-news.ts";
import { upstreamLabel } from "../../domain/upstream.ts";
import { shortVersion } from "../../views/words.ts";
import type { Announcement } from "../channel.ts";

/** What is shown of a digest or a notice later, when its text is gone. `to`: its recipient's address, or a hook's name. */
export function aboutAnnouncement(announcement: Announcement, to: string): LetterAbout {
  return announcement.kind === "digest"
    ? { title: announcement.digest.title, to }
    : aboutNotice(announcement.notice, to);
}

/** A notice of many things at once names none of them. */
function aboutNotice({ title, state, project, upstream }: Notice, to: string): LetterAbout {
  const isOfOne = title.includes(upstreamLabel(upstream));
  return { title: state === "over" ? `over: ${title}` : title, to, project, ...(isOfOne && { upstream }) };
}

/** The same of what became of a pull request: `opened: example/tool 1.2`, `merged: a and 2 more`. */
export function aboutNews({ step, project, moves }: PullRequestNews, to: string): LetterAbout {
  const [first] = moves;
  const name = first === undefined ? project : `${upstreamLabel(first.upstream)} ${shortVersion(first.to)}`;
  const more = moves.length > 1 ? ` and ${moves.length - 1} more` : "";
  const upstream = moves.length === 1 && first !== undefined && { upstream: first.upstream };
  return { title: `${step}: ${name}${more}`, to, project, ...upstream };
}
