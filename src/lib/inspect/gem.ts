import { gunzipSync } from "node:zlib";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { Asset } from "../../domain/release.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { readHashed } from "./hashed-file.ts";
import { readTar } from "./tar.ts";

const paths = (most: number) => z.array(z.string().max(1_000)).max(most).nullish();
const specification = z.object({ extensions: paths(100), files: paths(50_000) });
/** Files that every call of `gem` and Bundler runs once they are installed (https://guides.rubygems.org/plugins/). */
const PLUGIN = /(?:^|\/)rubygems_plugin\.[^/]+$/;
const MOST_METADATA = 1024 * 1024;

/**
 * The programs that RubyGems runs when a gem is installed: its extensions (`ext/tool/extconf.rb`), and plugins of RubyGems
 * itself, by the specification in the file (https://guides.rubygems.org/gems-with-extensions/).
 */
export async function readExtensions(fetcher: Fetcher, asset: Asset): Promise<string[] | Failure> {
  const files = await readHashed(fetcher, asset, "the gem", (parts) =>
    readTar(parts, { wanted: (name) => name === "metadata.gz", packed: false }),
  );
  if (isFailure(files)) return files;
  const packed = files.get("metadata.gz");
  if (packed === undefined) return new Failure("unreadable", "the gem holds no specification");
  try {
    const text = gunzipSync(packed, { maxOutputLength: MOST_METADATA }).toString("utf8");
    const document = parseDocument(text, { logLevel: "silent" }); // its tags are names of Ruby's classes
    const { extensions, files: listed } = specification.parse(document.toJS({ maxAliasCount: 100 }));
    return [...(extensions ?? []), ...(listed ?? []).filter((path) => PLUGIN.test(path))].toSorted();
  } catch (error) {
    return new Failure("unreadable", "the gem's specification is not understood", { cause: error });
  }
}
