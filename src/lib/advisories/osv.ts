import { z } from "zod";
import type { Advisory } from "../../domain/trust.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { isPrivatePackage, type ServiceUrls } from "../http/urls.ts";
import { mergeAdvisories, type OsvRecord, osvRecord, toAdvisory } from "./osv-record.ts";

/** Questions in one request; more are refused (https://google.github.io/osv.dev/post-v1-querybatch/). */
const BATCH = 1_000;
/** Pages after which an item is left: no package has so many advisories. */
const PAGES = 20;
const REMEMBERED = 5_000;
const PARALLEL = 8;

/** Known vulnerabilities and malware reports of versions, from OSV. */
export type Osv = {
  /**
   * Advisories by purl with version (`pkg:pypi/jinja2@3.1.4`), an empty list where none is known. Kinds that OSV has no
   * records of are a `not-checked` failure. Withdrawn advisories are left out; one vulnerability is one advisory.
   */
  readonly query: (purls: readonly string[]) => Promise<ReadonlyMap<string, readonly Advisory[] | Failure>>;
  /** The same by purl without a version: every advisory there ever was about a package. */
  readonly everAbout: (purls: readonly string[]) => Promise<ReadonlyMap<string, readonly Advisory[] | Failure>>;
};

type Question = { readonly purl: string; readonly item: Readonly<Record<string, unknown>>; readonly page?: string };
type Mention = { readonly id: string; readonly modified: string };

const mention = z.object({ id: z.string().min(1), modified: z.string().catch("") });
const batchAnswer = z.object({
  results: z.array(
    z
      .object({
        vulns: z
          .array(z.unknown())
          .optional()
          .transform((rows) => (rows ?? []).flatMap((row) => mention.safeParse(row).data ?? [])),
        next_page_token: z.string().optional(),
      })
      .catch({ vulns: [] }),
  ),
});

/** Kinds whose purls OSV understands as they are (https://google.github.io/osv.dev/api/). */
const BY_PURL = new Set(["pypi", "npm", "gem", "maven", "golang", "cargo", "nuget", "composer", "hex", "pub"]);

/** Asks OSV in batches (https://google.github.io/osv.dev/post-v1-querybatch/); records are remembered while it lives. */
export function createOsv(fetcher: Fetcher, urls: ServiceUrls): Osv {
  const records = new Map<string, OsvRecord>();

  async function ask(purls: readonly string[], itemOf: (purl: string) => Question["item"] | Failure) {
    const mentions = new Map<string, Mention[] | Failure>();
    const questions = [...new Set(purls)].flatMap((purl) => {
      const item = isPrivatePackage(purl, urls)
        ? new Failure("not-checked", `${purl} is private: OSV is not asked about it.`)
        : itemOf(purl);
      mentions.set(purl, isFailure(item) ? item : []);
      return isFailure(item) ? [] : [{ purl, item }];
    });
    for (const batch of chunks(questions, BATCH)) await askAll(batch, mentions);
    const known = await readRecords([...mentions.values()].flatMap((found) => (isFailure(found) ? [] : found)));
    return new Map(
      [...mentions].map(([purl, found]) => [purl, isFailure(found) ? found : toAdvisories(purl, found, known)]),
    );
  }

  /** Asks until no item has another page. */
  async function askAll(batch: readonly Question[], mentions: Map<string, Mention[] | Failure>): Promise<void> {
    let open = batch;
    for (let page = 0; page < PAGES && open.length > 0; page++) open = await askPage(open, mentions);
    for (const { purl } of open) {
      mentions.set(purl, new Failure("not-checked", `OSV did not finish its answer about ${purl}.`));
    }
  }

  /** One request; an invalid item fails the whole batch with 400, so it is found by halves. Returns what has another page. */
  async function askPage(batch: readonly Question[], mentions: Map<string, Mention[] | Failure>): Promise<Question[]> {
    const response = await postBatch(batch);
    if (!isFailure(response) && response.status === 400 && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      const first = await askPage(batch.slice(0, middle), mentions);
      return [...first, ...(await askPage(batch.slice(middle), mentions))];
    }
    const results = readResults(response, batch.length);
    if (isFailure(results)) {
      for (const { purl } of batch) mentions.set(purl, results);
      return [];
    }
    return batch.flatMap((question, index) => {
      const result = results[index];
      const found = mentions.get(question.purl);
      if (!isFailure(found)) mentions.set(question.purl, [...(found ?? []), ...(result?.vulns ?? [])]);
      return result?.next_page_token ? [{ ...question, page: result.next_page_token }] : [];
    });
  }

  function postBatch(batch: readonly Question[]): Promise<FetchResponse | Failure> {
    const queries = batch.map(({ item, page }) => ({ ...item, ...(page !== undefined && { page_token: page }) }));
    return fetcher.fetch({
      url: `${urls.osv.url}/v1/querybatch`,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ queries }),
      maxBytes: 32 * 1024 * 1024,
      timeout: 45_000,
    });
  }

  /** Full records by id, remembered for as long as they are not modified. */
  async function readRecords(mentioned: readonly Mention[]): Promise<ReadonlyMap<string, OsvRecord | Failure>> {
    const known = new Map<string, OsvRecord | Failure>();
    const wanted = [...new Map(mentioned.map((one) => [one.id, one])).values()];
    for (const group of chunks(wanted, PARALLEL)) {
      await Promise.all(group.map(async (one) => known.set(one.id, await readRecord(one))));
    }
    return known;
  }

  async function readRecord({ id, modified }: Mention): Promise<OsvRecord | Failure> {
    const key = `${id} ${modified}`;
    const remembered = records.get(key);
    if (remembered !== undefined) return remembered;
    const response = await fetcher.fetch({
      url: `${urls.osv.url}/v1/vulns/${encodeURIComponent(id)}`,
      maxBytes: 8_000_000,
    });
    if (isFailure(response)) return response;
    if (response.status !== 200) return failureOfStatus(response, `the advisory ${id}`);
    const record = readJson(response, osvRecord);
    if (isFailure(record)) return record;
    const oldest = records.keys().next();
    if (records.size >= REMEMBERED && !oldest.done) records.delete(oldest.value);
    records.set(key, record);
    return record;
  }

  return { query: (purls) => ask(purls, toItem), everAbout: (purls) => ask(purls, toPackageItem) };
}

function readResults(response: FetchResponse | Failure, expected: number) {
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, "the advisories");
  const answer = readJson(response, batchAnswer);
  if (isFailure(answer)) return answer;
  if (answer.results.length === expected) return answer.results;
  return new Failure("unreadable", `OSV answered ${answer.results.length} of ${expected} questions.`);
}

/** An advisory whose record could not be read is kept by its id: that it exists is what matters most. */
function toAdvisories(
  purl: string,
  found: readonly Mention[],
  records: ReadonlyMap<string, OsvRecord | Failure>,
): Advisory[] {
  const { upstream } = splitVersion(purl);
  const advisories = found.flatMap(({ id }) => {
    const record = records.get(id);
    if (record === undefined || isFailure(record))
      return [toAdvisory({ id, summary: `${id} (its text could not be read)` }, upstream)];
    return record.withdrawn ? [] : [toAdvisory(record, upstream)];
  });
  return mergeAdvisories(advisories);
}

/** How OSV is asked about an upstream: by purl, or by the repository's name in its own ecosystems. */
function toItem(purl: string): Question["item"] | Failure {
  const { upstream, version } = splitVersion(purl);
  const parts = parsePurl(upstream);
  if (parts === undefined || version === "")
    return new Failure("not-checked", `"${purl}" names no version to ask OSV about.`);
  const path = `${parts.namespace}/${parts.name}`;
  if (BY_PURL.has(parts.type)) return { package: { purl } };
  if (parts.type === "github") {
    return { package: { name: `https://github.com/${path}.git`, ecosystem: "GIT" }, version };
  }
  if (parts.type === "githubactions") {
    return { package: { name: path, ecosystem: "GitHub Actions" }, version: version.replace(/^v(?=\d)/, "") };
  }
  return new Failure("not-checked", `OSV has no records of upstreams of the kind "${parts.type}".`);
}

/** Whether OSV has records of upstreams of this kind; of images it has none. */
export function isListed(purl: string): boolean {
  const kind = parsePurl(purl)?.type ?? "";
  return BY_PURL.has(kind) || kind === "github" || kind === "githubactions";
}

/** How OSV is asked about a package in all its versions. Of repositories it only knows single versions. */
function toPackageItem(purl: string): Question["item"] | Failure {
  const parts = parsePurl(purl);
  if (parts !== undefined && BY_PURL.has(parts.type)) return { package: { purl } };
  if (parts?.type === "githubactions")
    return { package: { name: `${parts.namespace}/${parts.name}`, ecosystem: "GitHub Actions" } };
  return new Failure("not-checked", `OSV has no list of all advisories about upstreams of the kind "${parts?.type}".`);
}

function splitVersion(purl: string): { upstream: string; version: string } {
  const [main = "", query] = purl.split("?", 2);
  const at = main.lastIndexOf("@");
  if (at < 0) return { upstream: purl, version: "" };
  const upstream = query === undefined ? main.slice(0, at) : `${main.slice(0, at)}?${query}`;
  return { upstream, version: decodeVersion(main.slice(at + 1)) };
}

function decodeVersion(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign: the text is its own meaning
  }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
