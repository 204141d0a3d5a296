import { readPlainValue } from "../../lib/syntax/holes.ts";
import type { Format, Reading, Reference, Variable } from "../format.ts";
import { readScript } from "../readers/shell/read-shell.ts";

/** Jenkins pipelines (https://www.jenkins.io/doc/book/pipeline/syntax/): the shell in their `sh` steps, and their images. */
export const jenkinsfile: Format = {
  id: "jenkinsfile",
  title: "Jenkins pipeline",
  matches: (path) => /(?:^|\/)[\w.-]*Jenkinsfile[\w.-]*$|\.jenkinsfile$/i.test(path) && !/\.(?:md|sh)$/i.test(path),
  read: readPipeline,
};

/** A `sh` or `powershell` step's text begins behind this. */
const STEP = /\b(?:sh|bash)\b[ \t]*(?:\([ \t]*)?(?![ \t])(?:[\w: ,\n]{0,120}\bscript[ \t]*:[ \t]*)?('''|"""|'|")/g;
const IMAGE = /(?:\bimage[ \t]+|\bdocker\.image\([ \t]*|\binside\([ \t]*)(['"])([^'"\s]{1,300})\1/g;
const ASSIGNMENT =
  /^[ \t]*(?:def[ \t]+|string[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(['"])([^'"\n]{0,500})\2[ \t]*(?:;[ \t]*)?\r?$/dgim;

function readPipeline(text: string): Reading {
  const references: Reference[] = [];
  const variables: Variable[] = [];
  const scopes: Record<string, string> = {};
  const calls: Record<string, number> = {};
  for (const { start, end } of stepsOf(text)) {
    const scope = `step ${start}`;
    const script = readScript({ text, span: { start, end }, scope });
    references.push(...script.references);
    variables.push(...script.variables);
    Object.assign(scopes, script.scopes);
    Object.assign(calls, script.calls);
  }
  for (const match of text.matchAll(IMAGE)) {
    const end = match.index + match[0].length - 1;
    references.push({ kind: "image", value: readPlainValue(text, end - (match[2] ?? "").length, end) });
  }
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [start = 0, end = 0] = match.indices?.[3] ?? [];
    variables.push({ name: match[1] ?? "", value: readPlainValue(text, start, end) });
  }
  return { references, variables, scopes, calls, inclusions: [], problems: [] };
}

function* stepsOf(text: string): Generator<{ start: number; end: number }> {
  const step = new RegExp(STEP);
  for (let found = step.exec(text); found !== null; found = step.exec(text)) {
    const quote = found[1] ?? "'";
    const start = found.index + found[0].length;
    const close = text.indexOf(quote, start);
    if (close < 0) return;
    yield { start, end: close };
    step.lastIndex = close + quote.length;
  }
}
