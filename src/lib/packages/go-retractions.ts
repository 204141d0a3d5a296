/** Versions that a module's author took back, both ends included; `reason` is the comment beside or above. */
export type Retraction = { readonly from: string; readonly to: string; readonly reason: string | undefined };

const WHAT = /^(?:\[\s*(v[\w.+-]+)\s*,\s*(v[\w.+-]+)\s*\]|(v[\w.+-]+))$/;

/** The `retract` directives of a go.mod (https://go.dev/ref/mod#go-mod-file-retract). What is not understood is left out. */
export function retractionsOf(mod: string): Retraction[] {
  const found: Retraction[] = [];
  let block = { verb: "", reason: "" };
  let above = "";
  for (const { code, comment } of mod.split("\n").map(splitLine)) {
    const opened = /^(\w+)\s*\($/.exec(code)?.[1];
    const what = block.verb === "retract" ? code : /^retract\s+(.+)$/.exec(code)?.[1];
    if (opened !== undefined) block = { verb: opened, reason: above };
    else found.push(...readWhat(what ?? "", comment || above || block.reason));
    if (code === ")") block = { verb: "", reason: "" };
    above = code === "" && comment !== "" ? `${above} ${comment}`.trim() : "";
  }
  return found;
}

function splitLine(line: string): { readonly code: string; readonly comment: string } {
  const slashes = line.indexOf("//");
  if (slashes < 0) return { code: line.trim(), comment: "" };
  return { code: line.slice(0, slashes).trim(), comment: line.slice(slashes + 2).trim() };
}

function readWhat(what: string, comment: string): Retraction[] {
  const [, low, high, only] = WHAT.exec(what) ?? [];
  const [from, to] = [low ?? only, high ?? only];
  if (from === undefined || to === undefined) return [];
  return [{ from, to, reason: comment === "" ? undefined : comment }];
}
