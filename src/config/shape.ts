import type { z } from "zod";
import { CHANNELS } from "../deliver/channels.ts";
import { section } from "../lib/config/checked-yaml.ts";
import { CONFIG_SHAPE } from "../lib/config/schema.ts";
import { trustSection } from "../lib/config/trust.ts";
import { CHECKS } from "../score/checks.ts";
import { SIGNALS } from "../score/signals.ts";

/** The shape of the file: our own sections and one per delivery channel. */
export const CONFIG_SCHEMA = section({
  ...CONFIG_SHAPE,
  trust: trustSection(SIGNALS, CHECKS),
  deliver: section(
    Object.fromEntries(CHANNELS.map(({ id, title, options }) => [id, options.optional().describe(title)])),
  )
    .prefault({})
    .describe("what is sent, and to whom; a channel that is named is on, and without one nothing is sent"),
});

/** The file as it is written, every single option checked and the defaults filled in. */
export type Written = z.output<typeof CONFIG_SCHEMA>;
