import { posix } from "node:path";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { openZip } from "./zip-archive.ts";

const MOST_LOOKED_INTO = 10;

/**
 * The files in a wheel that run at every start of Python (https://docs.python.org/3/library/site.html): `.pth` files with
 * lines that begin with `import`, `.start` files (PEP 829, since Python 3.15), `sitecustomize` and `usercustomize`. Only the
 * list of files and the `.pth` files are fetched, in memory, with limits; nothing is run and nothing written. A host that
 * sends no parts of files cannot be asked.
 */
export async function readStartupFiles(fetcher: Fetcher, url: string): Promise<string[] | Failure> {
  const archive = await openZip(fetcher, url, "the wheel");
  if (isFailure(archive)) return archive;
  const startup = archive.entries.filter(({ name }) => STARTUP.test(installedName(name)));
  const found = new Set<string>();
  let looked = 0;
  for (const entry of startup) {
    const isPath = entry.name.endsWith(".pth");
    looked += isPath ? 1 : 0;
    const content = isPath && looked <= MOST_LOOKED_INTO ? await archive.read(entry) : undefined;
    if (isFailure(content) && content.code !== "too-large" && content.code !== "unreadable") return content;
    // what cannot be read is told, not passed over: nobody puts much into such a file
    if (content === undefined || isFailure(content) || IMPORTS.test(content.toString("latin1"))) found.add(entry.name);
  }
  return [...found];
}

const STARTUP = /^(?:[^/]+\.(?:pth|start)|(?:site|user)customize(?:\.(?:[^/]+\.)?(?:pyc?|so|pyd)|\/__init__\.[^/]+))$/;

/**
 * A line that Python runs. It splits lines at more characters than others do, and takes a byte order mark away before: so
 * does whatever is no plain text here, whichever encoding it is read in.
 */
const IMPORTS = /(?:^|[^\t\x20-\x7e])import[ \t]/;

/**
 * Where a file of a wheel is among the packages, once it is installed (https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory).
 * What is in `data` goes below the environment itself, and so perhaps into its folder of packages.
 */
function installedName(name: string): string {
  const path = posix.normalize(name.replaceAll("\\", "/")).replace(/^\/+/, "");
  const [, scheme, below = ""] = /^[^/]+\.data\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (scheme === "purelib" || scheme === "platlib") return below;
  return scheme === "data" ? below.replace(/^.*\/(?:site|dist)-packages\//i, "") : path;
}
