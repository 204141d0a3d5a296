import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema } from "../src/config.ts";
import {
  checksPage,
  configurationPage,
  familyPage,
  LISTED_FAMILIES,
  signalsPage,
} from "../src/flow/describe-plug-ins.ts";

/** `npm run docs`: writes the pages of docs/ that follow from the lists of plug-ins and from the configuration. */
const write = (path: string, text: string) => writeFileSync(join(import.meta.dirname, "../docs", path), text);
write("signals.md", signalsPage());
write("checks.md", checksPage());
for (const family of LISTED_FAMILIES) write(`reference/${family}.md`, familyPage(family));
write("reference/configuration.md", configurationPage(configJsonSchema()));
