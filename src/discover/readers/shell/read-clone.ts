import { EMPTY_VALUE, HOLE, type Hole, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";

/** What a git command does to what a script takes from elsewhere. `folder` is where, by its last part. */
export type GitStep =
  | { readonly kind: "clone" | "remote"; readonly reference: Reference; readonly folder: string }
  | {
      readonly kind: "checkout";
      readonly ref: Value | undefined;
      readonly folder: string;
      /** `fetch` alone checks nothing out; `FETCH_HEAD` is what was fetched last. */
      readonly by?: "fetch" | "FETCH_HEAD";
    }
  /** The commit that it must be at is compared with it. */
  | { readonly kind: "compare"; readonly commit: Value; readonly folder: string };

const ADDRESS = /^(?:https?|git|ssh):\/\/|^git@/;
const GLOBAL_VALUED = /^(?:-C|-c|--git-dir|--work-tree|--namespace|--exec-path)$/;
const VALUED =
  /^(?:-b|--branch|--revision|-B|-o|--origin|--depth|-c|--config|--reference|--template|-j|--jobs|--filter|--shallow-since|--shallow-exclude|--separate-git-dir|-u|--upload-pack|--server-option|--name)$/;

type Parts = {
  readonly verb: string;
  readonly folder: string;
  /** Words that are no options, and the values of those that are. */
  readonly plain: readonly Value[];
  readonly options: ReadonlyMap<string, Value>;
};

/** `git clone`, `submodule add`, `remote add`, and what chooses a ref afterwards: `checkout`, `switch`, `reset`, `fetch`. `text`: the file's. */
export function readGit(words: readonly Value[], text: string): GitStep | undefined {
  const parts = partsOf(words);
  if (parts === undefined) return comparedIn(words, text);
  const { verb, plain, options, folder } = parts;
  const [first, second] = plain;
  if (verb === "clone" || verb === "submodule add") {
    const ref = options.get("-b") ?? options.get("--branch") ?? options.get("--revision");
    const step = cloned("clone", first, ref, second === undefined ? "" : baseName(second));
    const isPlain = verb === "clone" && folder === "" && !options.has("--revision");
    return step === undefined || ref === undefined || !isPlain ? step : withPlace(step, words, second);
  }
  if (verb === "remote add") return cloned("remote", second, undefined, folder);
  return checkedOut(parts, words);
}

/** What chooses a ref of a clone that is there. */
function checkedOut({ verb, plain, folder }: Parts, words: readonly Value[]): GitStep | undefined {
  const [first, second, third] = plain;
  const isReset = verb === "reset" && words.some((word) => visibleText(word) === "--hard");
  if (verb === "checkout" || verb === "switch" || isReset) {
    const by = visibleText(first ?? EMPTY_VALUE) === "FETCH_HEAD" ? { by: "FETCH_HEAD" as const } : {};
    return { kind: "checkout", folder, ref: refOf(first), ...by };
  }
  // `git fetch origin tag v1.2`
  const fetched = third !== undefined && visibleText(second ?? EMPTY_VALUE) === "tag" ? third : second;
  if (verb === "fetch") return { kind: "checkout", folder, ref: refOf(fetched), by: "fetch" };
  return verb === "pull" ? { kind: "checkout", folder, ref: refOf(second) } : undefined;
}

function cloned(kind: "clone" | "remote", address: Value | undefined, ref: Value | undefined, folder: string) {
  if (address === undefined || !isAddress(address)) return undefined;
  const reference: Reference = { kind: "git", value: address, ...(ref === undefined ? {} : { ref }) };
  return { kind, reference, folder: folder === "" ? baseName(address) : folder };
}

/** Where the command ends, and its folder as it is written there. */
function withPlace<Step extends GitStep & { readonly reference: Reference }>(
  step: Step,
  words: readonly Value[],
  target: Value | undefined,
): Step {
  const folder = target === undefined ? step.folder : visibleText(target);
  const clone = { end: words.at(-1)?.end ?? 0, folder };
  return folder.includes(HOLE) || folder === "" ? step : { ...step, reference: { ...step.reference, clone } };
}

const HEAD = /^\$\(\s*git(?:\s+-C\s+["']?([\w./-]+)["']?)?\s+rev-parse\s+HEAD\s*\)$/;

/** `test "$(git -C FOLDER rev-parse HEAD)" = COMMIT`, also in brackets. */
function comparedIn(words: readonly Value[], text: string): GitStep | undefined {
  if (
    !/^(?:test|\[\[?)$/.test(
      visibleText(words.find((word) => !/^(?:!|if|then|do)$/.test(visibleText(word))) ?? EMPTY_VALUE),
    )
  )
    return undefined;
  const asked = words.flatMap(({ pieces }) => {
    const [only, ...more] = pieces;
    return only?.kind === "hole" && more.length === 0 ? (HEAD.exec(text.slice(only.start, only.end)) ?? []) : [];
  });
  const commit = words.find((word) => /^[0-9a-f]{40}$/.test(visibleText(word)));
  if (asked.length === 0 || commit === undefined) return undefined;
  const folder = asked[1] ?? "";
  return { kind: "compare", commit, folder: folder.slice(folder.lastIndexOf("/") + 1) };
}

function isAddress(word: Value): boolean {
  return word.pieces[0]?.kind === "hole" || ADDRESS.test(visibleText(word));
}

/** A tag, a branch or a commit; undefined for files and for what an earlier command chose. */
function refOf(word: Value | undefined): Value | undefined {
  const text = word === undefined ? "" : visibleText(word);
  if (word === undefined || /^(?:\.|-|--|HEAD.*|FETCH_HEAD|@.*)$|:/.test(text)) return undefined;
  const place = /^(?:refs\/(?:tags|heads|remotes\/origin)|tags|origin)\//.exec(text)?.[0].length ?? 0;
  return sliceValue(word, place, text.length);
}

function partsOf(words: readonly Value[]): Parts | undefined {
  const git = words.findIndex((word) => /(?:^|\/)git$/.test(visibleText(word)) || isGitVariable(word));
  if (git < 0) return undefined;
  const { at, folder } = passGlobal(words, git + 1);
  const texts = words.slice(at, at + 2).map(visibleText);
  const two = /^(?:remote|submodule)$/.test(texts[0] ?? "");
  const verb = two ? texts.join(" ") : (texts[0] ?? "");
  return { verb, folder, ...split(words.slice(at + (two ? 2 : 1))) };
}

/** The options that stand before the verb. */
function passGlobal(words: readonly Value[], from: number): { at: number; folder: string } {
  let at = from;
  let folder = "";
  for (; words[at] !== undefined; at += 1) {
    const text = visibleText(words[at] ?? EMPTY_VALUE);
    if (!text.startsWith("-")) break;
    if (!GLOBAL_VALUED.test(text)) continue;
    if (text === "-C") folder = baseName(words[at + 1] ?? EMPTY_VALUE);
    at += 1;
  }
  return { at, folder };
}

function split(words: readonly Value[]): Pick<Parts, "plain" | "options"> {
  const plain: Value[] = [];
  const options = new Map<string, Value>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? EMPTY_VALUE;
    const text = visibleText(word);
    if (/^\d*[<>]|^--$/.test(text)) break;
    const equals = text.startsWith("--") ? text.indexOf("=") : -1;
    if (equals > 0) options.set(text.slice(0, equals), sliceValue(word, equals + 1, text.length));
    else if (VALUED.test(text)) {
      options.set(text, words[at + 1] ?? EMPTY_VALUE);
      at += 1;
    } else if (!text.startsWith("-")) plain.push(word);
  }
  return { plain, options };
}

function isGitVariable({ pieces }: Value): boolean {
  const [only] = pieces;
  return (
    pieces.length === 1 && only?.kind === "hole" && /^git(?:_?(?:cmd|bin|command))?$/i.test((only satisfies Hole).name)
  );
}

function baseName(word: Value): string {
  const text = visibleText(word).replace(/(?<!\/)\/+$/, "");
  return text.slice(text.lastIndexOf("/") + 1).replace(/\.git$/, "");
}
