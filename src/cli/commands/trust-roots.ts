import type { TrustRootLine } from "../../flow/trust/trust-roots.ts";
import { isFailure } from "../../lib/failure.ts";
import { day } from "../../views/time.ts";
import { EXIT } from "../exit.ts";
import { fail } from "../fail.ts";
import { runCommand } from "../run-command.ts";
import { printable, type Terminal, wrap } from "../terminal.ts";

/** `headgate trust-roots`: whose certificates are trusted, and since when; with `--refresh`, after bringing them up to date. */
export async function trustRootsCommand(
  options: { refresh?: boolean; config?: string },
  terminal: Terminal,
): Promise<number> {
  const lines = await runCommand<TrustRootLine[]>("trust-roots", { refresh: options.refresh === true }, options);
  if (isFailure(lines)) return fail(lines.message, terminal);
  for (const line of lines) {
    for (const text of wrap(printable(describe(line)), terminal.width, "  ")) terminal.out(text);
  }
  return lines.some(({ problem }) => problem !== undefined) ? EXIT.incomplete : EXIT.done;
}

function describe({ name, source, at, expires, problem }: TrustRootLine): string {
  const origin = {
    shipped: "as it ships with Headgate",
    refreshed: `refreshed ${at === undefined ? "" : `on ${day(at)}`}`.trimEnd(),
    missing: "none yet: what it signed cannot be verified before the first refresh",
  }[source];
  const end = expires === undefined ? "" : `, to be renewed by ${day(expires)}`;
  return `${name}: ${origin}${end}${problem === undefined ? "" : `. Not refreshed: ${problem}`}`;
}
