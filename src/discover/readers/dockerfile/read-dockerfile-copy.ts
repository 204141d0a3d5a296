import { posix } from "node:path";
import { EMPTY_VALUE, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { readWords } from "../../../lib/syntax/shell.ts";
import type { Checksum, Reference } from "../../format.ts";
import { addCopy } from "../shell/read-copied-script.ts";
import { urlsOf } from "../shell/read-shell.ts";
import { addImage, type DockerfileState, type Instruction, splitFlags } from "./read-dockerfile-state.ts";

const ALGORITHM = /^--checksum=(sha256|sha384|sha512):/;

/** What `COPY` and `ADD` take: from an image, from an address, or from the context, whose lists and scripts are then included. */
export function readCopy(state: DockerfileState, instruction: Instruction): void {
  const { flags, from } = splitFlags(state, instruction);
  const words = readWords(state.text, from, instruction.end, state.escape);
  for (const flag of flags) {
    const text = visibleText(flag);
    if (text.startsWith("--from=")) addImage(state, sliceValue(flag, "--from=".length, text.length));
  }
  if (flags.some((flag) => visibleText(flag).startsWith("--from="))) return;
  const checksums = flags.flatMap(checksumOf);
  const target = visibleText(words.at(-1) ?? EMPTY_VALUE);
  for (const source of words.slice(0, -1)) {
    addCopy(state.copies, { source: visibleText(source), target });
    addSource(state, source, checksums);
  }
}

function addSource(state: DockerfileState, source: Value, checksums: readonly Checksum[]): void {
  const { scope } = state;
  const text = visibleText(source);
  const git = /^(?:https?:\/\/|git@)[^#]*\.git(?=#|$)/.exec(text)?.[0];
  if (git !== undefined) {
    const fragment = text.slice(git.length + 1).split(":")[0] ?? "";
    const ref = fragment === "" ? {} : { ref: sliceValue(source, git.length + 1, git.length + 1 + fragment.length) };
    state.references.push({ kind: "git", value: sliceValue(source, 0, git.length), scope, pinnable: true, ...ref });
    return;
  }
  const urls = urlsOf(source);
  const linked = checksums.length === 0 ? {} : { checksums };
  state.references.push(...urls.map((value): Reference => ({ kind: "url", value, scope, ...linked })));
  if (urls.length > 0 || !/^[\w./-]+\.(?:txt|in)$/.test(text)) return;
  const paths = [posix.join(posix.dirname(state.path), text), posix.normalize(text)];
  state.inclusions.push({ paths, variables: [], scope });
}

function checksumOf(flag: Value): Checksum[] {
  const text = visibleText(flag);
  const found = ALGORITHM.exec(text);
  const algorithm = (["sha256", "sha384", "sha512"] as const).find((known) => known === found?.[1]);
  if (found === null || algorithm === undefined) return [];
  return [{ algorithm, value: sliceValue(flag, found[0].length, text.length) }];
}
