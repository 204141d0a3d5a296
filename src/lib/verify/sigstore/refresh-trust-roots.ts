import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Fetcher as UpdateFetcher, Updater } from "tuf-js";
import { DownloadHTTPError } from "tuf-js/dist/error.js";
import { Failure, isFailure, toFailure } from "../../failure.ts";
import type { Fetcher } from "../../fetcher.ts";
import { makeFolder } from "../../make-folder.ts";
import { refreshedPath, shippedFile, TRUST_REPOSITORIES, type TrustRepository } from "./trust-roots.ts";

/** What became of one repository: its trust roots are fresh in the directory, or why they are not. */
export type Refreshed = { readonly name: string; readonly failure?: Failure };

/**
 * Brings the trust roots up to date with The Update Framework: starting from the root that is known, every newer root
 * must be signed by the one before it, and nothing that is expired, unsigned or older than what is there is taken. A
 * repository that fails leaves what was there. `urls`: where each is, by name.
 */
export async function refreshTrustRoots(
  directory: string,
  fetcher: Fetcher,
  urls: Readonly<Record<string, string>>,
  repositories: readonly TrustRepository[] = TRUST_REPOSITORIES,
): Promise<Refreshed[]> {
  const results: Refreshed[] = [];
  for (const repository of repositories) {
    const failure = await refresh(directory, fetcher, { ...repository, url: urls[repository.name] ?? "" });
    results.push({ name: repository.name, ...(failure !== undefined && { failure }) });
  }
  return results;
}

async function refresh(
  directory: string,
  fetcher: Fetcher,
  repository: TrustRepository & { readonly url: string },
): Promise<Failure | undefined> {
  const { name, url, targets } = repository;
  const what = `the trust roots of ${name}`;
  try {
    const anchored = await anchor(directory, repository);
    if (!anchored) return new Failure("not-checked", `${what}: the product ships no root to start from`);
    const updater = new Updater({
      metadataDir: join(directory, name),
      targetDir: join(directory, name, "targets"),
      metadataBaseUrl: url,
      targetBaseUrl: `${url}/targets`,
      fetcher: updateFetcher(fetcher),
    });
    await updater.refresh();
    for (const target of targets) {
      const info = await updater.getTargetInfo(target);
      if (info === undefined) return new Failure("unreadable", `${what}: ${url} has no ${target}`);
      await updater.downloadTarget(info, refreshedPath(directory, repository, target));
    }
    return undefined;
  } catch (error) {
    return toFailure(error, "unreadable", what);
  }
}

/** Puts the shipped root where the first refresh starts from. Later ones start from what they left. */
async function anchor(directory: string, repository: TrustRepository): Promise<boolean> {
  const root = refreshedPath(directory, repository, "root.json");
  makeFolder(join(dirname(root), "targets"), 0o700);
  if (existsSync(root)) return true;
  const shipped = shippedFile(repository, "root.json");
  if (shipped === undefined) return false;
  await writeFile(root, shipped);
  return true;
}

/** Downloads through our fetcher. The client takes a missing file (404) as the end of the roots, and files by name. */
function updateFetcher(fetcher: Fetcher): UpdateFetcher {
  const download = async (url: string, maxBytes: number): Promise<Buffer> => {
    const answer = await fetcher.fetch({ url, maxBytes });
    if (isFailure(answer)) throw answer;
    if (answer.status !== 200) throw new DownloadHTTPError(`${url} answered ${answer.status}`, answer.status);
    return Buffer.from(answer.body);
  };
  return {
    downloadBytes: download,
    downloadFile: async (url, maxBytes, handler) => {
      const directory = await mkdtemp(join(tmpdir(), "headgate-trust-"));
      try {
        const file = join(directory, "target");
        await writeFile(file, await download(url, maxBytes));
        return await handler(file);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}
