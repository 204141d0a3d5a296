import { PLUG_INS } from "../../flow/show/list-plug-ins.ts";
import { EXIT } from "../exit.ts";
import { type Terminal, wrap } from "../terminal.ts";

/** `headgate formats`, `headgate sources` …: what this version knows, from the lists that the program itself uses. */
export function listCommand(family: keyof typeof PLUG_INS, terminal: Terminal): number {
  const width = Math.max(...PLUG_INS[family].map((one) => one.id.length));
  for (const { id, title, why } of PLUG_INS[family]) {
    terminal.out(`${terminal.style("bold", id.padEnd(width))}  ${title}`);
    if (why !== undefined) for (const line of wrap(why, terminal.width, " ".repeat(width + 2))) terminal.out(line);
  }
  return EXIT.done;
}
