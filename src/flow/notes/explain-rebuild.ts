import { DAY, type Instant, plus } from "../../domain/instant.ts";
import { parsePurl } from "../../domain/upstream.ts";
import { isFailure } from "../../lib/failure.ts";
import { readOfficialTag } from "../../lib/registry/official-images.ts";
import type { FlowContext } from "../context.ts";

/** A recipe is merged some time before its image is built and pushed. */
const BUILD_TIME = 2 * DAY;

/** Why a tag of an official image was pushed again, as far as the library of recipes tells: one sentence. */
export async function explainRebuild(flow: FlowContext, purl: string, tag: string, since: Instant): Promise<string> {
  const image = parsePurl(purl)?.name;
  if (flow.github === undefined || image === undefined) return "Not explained: recipes are read with a GitHub token.";
  const read = await readOfficialTag(flow.github, image, tag, plus(since, -BUILD_TIME));
  if (isFailure(read)) return `Not explained: ${read.message.replace(/\.$/, "")}.`;
  const { recipe, change } = read;
  if (recipe === undefined)
    return "Not explained: official-images lists this tag no more, so nothing of it is rebuilt.";
  if (change !== undefined) {
    const { commit, title } = change;
    return `Explained by docker-library/official-images@${commit.slice(0, 12)} (${title}).`;
  }
  return `Not explained by its recipe, which is still ${recipe.commit.slice(0, 12)}: official images are also rebuilt when their base is.`;
}
