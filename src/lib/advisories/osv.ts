import type { Advisory } from "../../domain/trust.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { isPrivatePackage, type ServiceUrls } from "../http/urls.ts";
import { askInBatches, type Mention } from "./osv-batch.ts";
import { askAboutPackage, askAboutVersion, type OsvQuestion, splitVersion } from "./osv-question.ts";
import { mergeAdvisories, type OsvRecord, osvRecord, toAdvisory } from "./osv-record.ts";

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

/** What is asked through, where, and the records by id and moment of change that were read so far, the oldest first. */
type Client = { readonly fetcher: Fetcher; readonly urls: ServiceUrls; readonly records: Map<string, OsvRecord> };

/** Asks OSV in batches (https://google.github.io/osv.dev/post-v1-querybatch/); records are remembered while it lives. */
export function createOsv(fetcher: Fetcher, urls: ServiceUrls): Osv {
  const client: Client = { fetcher, urls, records: new Map() };
  return {
    query: (purls) => ask(client, purls, askAboutVersion),
    everAbout: (purls) => ask(client, purls, askAboutPackage),
  };
}

async function ask(
  client: Client,
  purls: readonly string[],
  questionOf: (purl: string) => OsvQuestion | Failure,
): Promise<Map<string, Advisory[] | Failure>> {
  const { fetcher, urls } = client;
  const items = new Map(
    purls.map((purl) => [purl, isPrivatePackage(purl, urls) ? privatePackage(purl) : questionOf(purl)]),
  );
  const questions = [...items].flatMap(([purl, item]) => (isFailure(item) ? [] : [{ purl, item }]));
  const answers = await askInBatches(fetcher, urls.osv.url, questions);
  const mentions = [...answers.values()].flatMap((found) => (isFailure(found) ? [] : found));
  const records = await readRecords(client, mentions);
  return new Map(
    [...items].map(([purl, item]) => {
      const found = isFailure(item) ? item : (answers.get(purl) ?? []);
      return [purl, isFailure(found) ? found : toAdvisories(purl, found, records)];
    }),
  );
}

function privatePackage(purl: string): Failure {
  return new Failure("not-checked", `${purl} is private: OSV is not asked about it.`);
}

/** Full records by id, remembered for as long as they are not modified. */
async function readRecords(
  client: Client,
  mentions: readonly Mention[],
): Promise<ReadonlyMap<string, OsvRecord | Failure>> {
  const known = new Map<string, OsvRecord | Failure>();
  const wanted = [...new Map(mentions.map((one) => [one.id, one])).values()];
  for (let start = 0; start < wanted.length; start += PARALLEL) {
    const group = wanted.slice(start, start + PARALLEL);
    await Promise.all(group.map(async (one) => known.set(one.id, await readRecord(client, one))));
  }
  return known;
}

async function readRecord({ fetcher, urls, records }: Client, { id, modified }: Mention): Promise<OsvRecord | Failure> {
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
