import { withoutBackReference } from "../../lib/forge/quiet-link.ts";
import type { DeliverContext } from "../channel.ts";
import type { QuietLink } from "../notes/links.ts";

/** For whom a body is written: what a forge takes, and where the pages of upstreams are. */
export type BodyStyle = {
  /** GitHub's pages, for links to upstreams there. */
  readonly web: string;
  /** The forge that shows it, for people. */
  readonly forge: string;
  /** Characters. */
  readonly longest: number;
  readonly quietLink: QuietLink;
};

/** For the forge of the project that is delivered to; a folder's change is written as for any. */
export function bodyStyle({ forge, urls }: Pick<DeliverContext, "forge" | "urls">): BodyStyle {
  const { web } = urls.github;
  if (forge === undefined) return { ...ANYWHERE, web };
  const { title, body } = forge;
  return { web, forge: title, longest: body.longest, quietLink: (url) => body.quietLink(url, forge.web) };
}

/** What no forge refuses. */
export const ANYWHERE: BodyStyle = {
  web: "https://github.com",
  forge: "a forge",
  longest: 60_000,
  quietLink: withoutBackReference,
};
