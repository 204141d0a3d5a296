import type { z } from "zod";
import { CHANNELS } from "../deliver/channels.ts";
import { section } from "../lib/config/checked-yaml.ts";
import { CONFIG_SHAPE } from "../lib/config/schema.ts";
import { trustSection } from "../lib/config/trust.ts";
import { CHECKS } from "../score/checks.ts";
import { SIGNALS } from "../score/signals.ts";

const SHAPE = {
  ...CONFIG_SHAPE,
  trust: trustSection(SIGNALS, CHECKS),
  deliver: section(
    Object.fromEntries(CHANNELS.map(({ id, title, options }) => [id, options.optional().describe(title)])),
  )
    .prefault({})
    .describe("what is sent, and to whom; a channel that is named is on, and without one nothing is sent"),
};

/** The shape of the file: our own sections and one per delivery channel. */
export const CONFIG_SCHEMA = section(SHAPE);

/** The same for a command about a checkout of its own: that nothing is watched is no mistake. */
export const CHECKOUT_SCHEMA = section({ ...SHAPE, watch: CONFIG_SHAPE.watch.default([]) });

/** The file as it is written, every single option checked and the defaults filled in. */
export type Written = z.output<typeof CONFIG_SCHEMA>;
