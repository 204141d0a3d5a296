import { SCHEMES } from "../../compare/schemes.ts";
import { CHANNELS } from "../../deliver/channels.ts";
import { FORMATS } from "../../discover/formats.ts";
import { SOURCES } from "../../poll/sources.ts";
import { CHECKS } from "../../score/checks.ts";
import { SIGNALS } from "../../score/signals.ts";

/** One plug-in as people are told of it. `why` where it judges. */
export type PlugIn = { readonly id: string; readonly title: string; readonly why?: string };

/** Everything Headgate knows of, by family, from the lists themselves. */
export const PLUG_INS: Readonly<
  Record<"formats" | "sources" | "schemes" | "signals" | "checks" | "channels", readonly PlugIn[]>
> = {
  formats: FORMATS,
  sources: SOURCES,
  schemes: SCHEMES,
  signals: SIGNALS,
  checks: CHECKS,
  channels: CHANNELS,
};
