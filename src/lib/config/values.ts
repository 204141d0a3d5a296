import { z } from "zod";
import { parseDuration } from "./duration.ts";

/** `90s`, `15m`, `24h`, `3d`, `1w` as milliseconds. */
export const duration = z
  .union([z.string(), z.number()], { error: "must be a duration such as 15m, 24h, 3d or 1w" })
  .transform((text, context) => {
    const milliseconds = parseDuration(String(text));
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({ code: "custom", message: `must be a duration such as 15m, 24h, 3d or 1w, not "${text}"` });
    return z.NEVER;
  })
  .meta({ title: "duration" });

/** An http or https URL without a login and without slashes at its end. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .refine((url) => new URL(url).username === "" && new URL(url).password === "", {
    error: "must not hold a login: put it into the file that NETRC names",
  })
  .transform((url) => url.replace(/(?<!\/)\/+$/, ""))
  .meta({ title: "URL" });

/** A date, or a moment with its zone, as an `Instant`. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: "must be a date such as 2027-01-31" })
  .transform((text) => new Date(text).toISOString())
  .meta({ title: "date" });

/** `on` and `off`, or true and false. */
export const toggle = z
  .union([z.boolean(), z.enum(["on", "off"])], { error: "must be on or off" })
  .transform((value) => value === true || value === "on")
  .meta({ title: "`on` or `off`" });
