import { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher, FetchResponse } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import type { OsvQuestion } from "./osv-question.ts";

/** Questions in one request; more are refused (https://google.github.io/osv.dev/post-v1-querybatch/). */
const BATCH = 1_000;
/** Pages after which an item is left: no package has so many advisories. */
const PAGES = 20;

/** An advisory that an answer names; `modified`: when its record last changed, as OSV writes it. */
export type Mention = { readonly id: string; readonly modified: string };

/** What OSV is asked, and about which purl. `page`: where its answer goes on. */
export type Asked = { readonly purl: string; readonly item: OsvQuestion; readonly page?: string };

/** By purl. */
type Mentions = Map<string, Mention[] | Failure>;

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

/** Which advisories there are, by the purl of the question, from OSV at `url`: in batches, and all pages of each answer. */
export async function askInBatches(fetcher: Fetcher, url: string, questions: readonly Asked[]): Promise<Mentions> {
  const mentions: Mentions = new Map(questions.map(({ purl }) => [purl, []]));
  const ask = (batch: readonly Asked[]) => postBatch(fetcher, url, batch);
  for (let start = 0; start < questions.length; start += BATCH) {
    let open = questions.slice(start, start + BATCH);
    for (let page = 0; page < PAGES && open.length > 0; page++) open = await askPage(ask, open, mentions);
    for (const { purl } of open) {
      mentions.set(purl, new Failure("not-checked", `OSV did not finish its answer about ${purl}.`));
    }
  }
  return mentions;
}

type Ask = (batch: readonly Asked[]) => Promise<FetchResponse | Failure>;

/** One request; an invalid item fails the whole batch with 400, so it is found by halves. Returns what has another page. */
async function askPage(ask: Ask, batch: readonly Asked[], mentions: Mentions): Promise<Asked[]> {
  const response = await ask(batch);
  if (!isFailure(response) && response.status === 400 && batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    const first = await askPage(ask, batch.slice(0, middle), mentions);
    return [...first, ...(await askPage(ask, batch.slice(middle), mentions))];
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

function postBatch(fetcher: Fetcher, url: string, batch: readonly Asked[]): Promise<FetchResponse | Failure> {
  const queries = batch.map(({ item, page }) => ({ ...item, ...(page !== undefined && { page_token: page }) }));
  return fetcher.fetch({
    url: `${url}/v1/querybatch`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ queries }),
    maxBytes: 32 * 1024 * 1024,
    timeout: 45_000,
  });
}

function readResults(response: FetchResponse | Failure, expected: number) {
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, "the advisories");
  const answer = readJson(response, batchAnswer);
  if (isFailure(answer)) return answer;
  if (answer.results.length === expected) return answer.results;
  return new Failure("unreadable", `OSV answered ${answer.results.length} of ${expected} questions.`);
}
