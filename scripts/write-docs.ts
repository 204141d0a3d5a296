import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandsPage } from "../src/cli/commands-page.ts";
import { createProgram } from "../src/cli/program.ts";
import { processTerminal } from "../src/cli/terminal.ts";
import { configJsonSchema } from "../src/config.ts";
import { TOKEN_FORGE_IDS } from "../src/domain/project.ts";
import { permissionTable } from "../src/flow/operate/describe-permissions.ts";
import {
  checksPage,
  configurationPage,
  familyPage,
  LISTED_FAMILIES,
  signalsPage,
} from "../src/flow/show/describe-plug-ins.ts";
import { PROFILES } from "../src/lib/forge/profiles.ts";

/** `npm run docs`: writes what follows from the lists of plug-ins and from the configuration: pages of docs/, and the schema for editors. */
const at = (path: string) => join(import.meta.dirname, "../docs", path);
const write = (path: string, text: string) => writeFileSync(at(path), text);
write("signals.md", signalsPage());
write("checks.md", checksPage());
for (const family of LISTED_FAMILIES) write(`reference/${family}.md`, familyPage(family));
write("reference/configuration.md", configurationPage(configJsonSchema()));
write("reference/commands.md", commandsPage(createProgram({ terminal: processTerminal(), finish: () => undefined })));
write("../config/headgate.schema.json", `${JSON.stringify(configJsonSchema(), null, 2)}\n`);

const [before = "", after = ""] = readFileSync(at("threat-model.md"), "utf8").split(
  /(?<=github\/permissions\.ts: .*-->\n)[\s\S]*?(?=\n### Others)/,
);
write("threat-model.md", `${before}\n${permissionTable(PROFILES.github.permissions)}\n${after}`);

for (const id of TOKEN_FORGE_IDS) {
  const [guide = "", rest = ""] = readFileSync(at(`guides/${id}.md`), "utf8").split(
    /(?<=\/permissions\.ts: .*-->\n)[\s\S]*?(?=\n<!-- permissions: end -->)/,
  );
  write(`guides/${id}.md`, `${guide}\n${permissionTable(PROFILES[id].permissions)}\n${rest}`);
}
