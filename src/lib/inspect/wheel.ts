import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { openZip } from "./zip-archive.ts";

const MOST_LOOKED_INTO = 10;

/**
 * The `.pth` files in a wheel that hold code: lines that begin with `import` run at every start of Python
 * (https://docs.python.org/3/library/site.html). Only the list of files and those files are fetched, in memory, with
 * limits; nothing is run and nothing written. A host that sends no parts of files cannot be asked.
 */
export async function readStartupFiles(fetcher: Fetcher, url: string): Promise<string[] | Failure> {
  const archive = await openZip(fetcher, url, "the wheel");
  if (isFailure(archive)) return archive;
  const startup = archive.entries.filter(({ name }) =>
    /^[^/]+\.pth$|^[^/]+\.data\/(?:purelib|platlib)\/[^/]+\.pth$/.test(name),
  );
  const found: string[] = [];
  for (const [index, entry] of startup.entries()) {
    const content = index < MOST_LOOKED_INTO ? await archive.read(entry) : undefined;
    if (isFailure(content) && content.code !== "too-large" && content.code !== "unreadable") return content;
    // what cannot be read is told, not passed over: nobody puts much into such a file
    if (content === undefined || isFailure(content) || /^import[ \t]/m.test(content.toString("utf8")))
      found.push(entry.name);
  }
  return found;
}
