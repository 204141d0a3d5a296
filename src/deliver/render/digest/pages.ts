import type { Fact } from "./item.ts";

/** Where to decide about a candidate: the form on its page. Nothing where the pages have no address for readers. */
export function decideFact(pages: string | undefined, candidate: string): Fact[] {
  const url = pages === undefined ? undefined : `${pages}/candidates/${encodeURIComponent(candidate)}`;
  return url === undefined ? [] : [{ mark: "decide", tone: "calm", text: "on its page:", url }];
}

/** The page of what is wrong with what is pinned, as the link of an item. */
export function alertsPage(pages: string | undefined): { readonly url?: string } {
  return pages === undefined ? {} : { url: `${pages}/integrity` };
}
