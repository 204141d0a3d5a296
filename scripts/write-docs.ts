import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checksPage, signalsPage } from "../src/flow/describe-plug-ins.ts";

/** `npm run docs`: writes the pages of docs/ that follow from the lists of plug-ins. */
writeFileSync(join(import.meta.dirname, "../docs/signals.md"), signalsPage());
writeFileSync(join(import.meta.dirname, "../docs/checks.md"), checksPage());
