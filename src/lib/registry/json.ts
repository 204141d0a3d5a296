import type { z } from "zod";
import { Failure, isFailure } from "../failure.ts";
import { parseJson } from "../json.ts";
import type { Registry } from "./client.ts";
import type { ImageName } from "./image-reference.ts";

/** A manifest or blob of an image that is JSON of the given shape; `unreadable` when it is something else. */
export async function readRegistryJson<Shape>(
  registry: Registry,
  { host, repository }: ImageName,
  wanted: Parameters<Registry["content"]>[2],
  shape: z.ZodType<Shape>,
): Promise<Shape | Failure> {
  const content = await registry.content(host, repository, wanted);
  if (isFailure(content)) return content;
  const read = shape.safeParse(parseJson(content.body));
  return read.success ? read.data : new Failure("unreadable", `${host}/${repository}: an answer is not understood`);
}
