import { gunzipSync } from "node:zlib";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { Asset } from "../../domain/release.ts";
import { Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { readHashed } from "./hashed-file.ts";
import { readTar } from "./tar.ts";

const specification = z.object({ extensions: z.array(z.string().max(300)).max(100).nullish() });
const MOST_METADATA = 1024 * 1024;

/**
 * The programs that RubyGems runs when a gem is installed: its extensions (`ext/tool/extconf.rb`), by the specification
 * in the file itself (https://guides.rubygems.org/gems-with-extensions/).
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
    return [...(specification.parse(document.toJS({ maxAliasCount: 100 })).extensions ?? [])].toSorted();
  } catch (error) {
    return new Failure("unreadable", "the gem's specification is not understood", { cause: error });
  }
}
