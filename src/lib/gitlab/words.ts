import { z } from "zod";
import { isFailure } from "../failure.ts";
import type { FetchResponse } from "../fetcher.ts";
import { readJson } from "../http/status.ts";

const SAID = z.object({
  message: z.unknown().optional(),
  error: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
});

/**
 * What an answer that is an error says: `message` is a sentence, a list of them, or lists by field; tokens that lack a
 * scope get `error` and `error_description` (https://docs.gitlab.com/api/rest/troubleshooting/). Empty: nothing.
 */
export function words(response: FetchResponse): string {
  const said = readJson(response, SAID);
  if (isFailure(said)) return "";
  const { message, error, error_description: description } = said;
  return [flat(message), error ?? "", description ?? ""].filter((part) => part !== "").join(": ");
}

function flat(message: unknown): string {
  if (typeof message === "string") return message;
  if (Array.isArray(message)) return message.map(flat).join(", ");
  if (typeof message !== "object" || message === null) return "";
  return Object.entries(message)
    .map(([field, about]) => `${field} ${flat(about)}`)
    .join("; ");
}
