import { z } from "zod";
import { toInstant } from "../../domain/instant.ts";
import type { Product } from "../../domain/support.ts";
import { type Failure, isFailure } from "../failure.ts";
import type { Fetcher } from "../fetcher.ts";
import { failureOfStatus, readJson } from "../http/status.ts";
import { looseArray } from "../loose-array.ts";

const text = z.string().nullish().catch(undefined);
const cycle = z.object({
  name: z.string().min(1),
  codename: text,
  isEol: z.boolean().catch(false),
  eolFrom: text,
});
const schema = z.object({
  result: z.object({
    name: z.string(),
    label: z.string(),
    links: z.object({ html: text }).nullish().catch(undefined),
    releases: looseArray(cycle),
  }),
});

/** The address that a product is asked at (https://endoflife.date/docs/api/v1/). */
export function productUrl(base: string, name: string): string {
  return `${base}/api/v1/products/${encodeURIComponent(name)}`;
}

/** A product's cycles and their last days; a `not-found` failure when endoflife.date does not know it. */
export async function readProduct(fetcher: Fetcher, base: string, name: string): Promise<Product | Failure> {
  const response = await fetcher.fetch({ url: productUrl(base, name), headers: { accept: "application/json" } });
  if (isFailure(response)) return response;
  if (response.status !== 200) return failureOfStatus(response, `the support of ${name}`);
  const read = readJson(response, schema);
  if (isFailure(read)) return read;
  const { label, links, releases } = read.result;
  return {
    name,
    label,
    url: links?.html ?? `https://endoflife.date/${name}`,
    cycles: releases.rows.map((row) => {
      const endsAt = toInstant(row.eolFrom);
      return {
        name: row.name,
        ended: row.isEol,
        ...(row.codename != null && { codename: row.codename }),
        ...(endsAt !== undefined && { endsAt }),
      };
    }),
  };
}
