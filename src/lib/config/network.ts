import { z } from "zod";
import { NO_PROXY_ENTRY } from "../http/proxy.ts";
import { section } from "./checked-yaml.ts";
import { baseUrl, duration } from "./values.ts";

const BUDGET = section({
  requests: z.number().int().min(1).describe("how many"),
  per: duration.describe("within this time"),
});

/** How everything outside is reached, and how gently. */
export const NETWORK = section({
  "allow-private": z
    .array(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, "must be host:port"))
    .default([])
    .describe("host:port entries that may resolve to private or loopback addresses, or speak plain http"),
  proxy: z
    .union([z.literal("environment"), baseUrl])
    .nullable()
    .default(null)
    .describe("everything goes through it (HTTP, SMTP, git); environment: as HTTPS_PROXY and NO_PROXY say; null: none"),
  "no-proxy": z
    .array(
      z.string().regex(NO_PROXY_ENTRY, "must be a name, a suffix such as .example.org, an address or a block of them"),
    )
    .default([])
    .describe("what is reached directly: example.org (and below), .example.org, 192.0.2.0/24, host:port"),
  "ca-file": z
    .string()
    .optional()
    .describe("a file of certificate authorities (PEM) that are trusted besides the system's"),
  reserve: z
    .number()
    .min(0)
    .max(90)
    .default(10)
    .describe("per cent of every service's request budget that polls leave to deliveries"),
  budgets: z
    .record(z.string(), BUDGET)
    .prefault({ "pypi.org": { requests: 3_000, per: "10m" } })
    .describe("by host: what we allow ourselves where a service asks for restraint without a number"),
  writes: section({
    minute: z.number().int().min(0).default(80).describe("changes in a minute, at most; 0: without a limit"),
    hour: z.number().int().min(0).default(500).describe("changes in an hour, at most; 0: without a limit"),
  })
    .prefault({})
    .describe("changes that one account makes on GitHub, as GitHub asks for"),
  "requests-per-host": z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe("requests to one host that may be under way at once"),
  "largest-download": z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1024)
    .describe("MiB of the largest file that is downloaded to compute a checksum that nobody publishes"),
})
  .prefault({})
  .describe("the way to the outside");
