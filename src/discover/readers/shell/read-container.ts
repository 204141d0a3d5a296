import { readAssignment } from "../../../lib/syntax/assignment.ts";
import { EMPTY_VALUE, sliceValue, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference, Variable } from "../../format.ts";

/** What a container command takes, builds, and tells a build. */
export type ContainerStep = {
  readonly images: readonly Reference[];
  readonly builds: readonly Value[];
  /** The Dockerfile of a build, as written and seen from its context, and its arguments. */
  readonly build?: { readonly file: string; readonly context: string; readonly variables: readonly Variable[] };
};

const PROGRAM = /^(?:\S*\/)?(?:docker|podman|nerdctl|finch|buildah)$/;
const NOTHING: ContainerStep = { images: [], builds: [] };
/** Options without a value; letters that may stand together, and the long ones. */
const SWITCH =
  /^(?:-[ditPqa]+|--(?:detach|interactive|tty|rm|init|privileged|publish-all|read-only|no-healthcheck|oom-kill-disable|quiet|all-tags|disable-content-trust|sig-proxy|replace|rmi|no-hosts|tls-verify))$/;
const BUILD_SWITCH =
  /^(?:-q|--(?:no-cache|pull|push|load|rm|force-rm|squash|quiet|compress|check|debug|disable-content-trust|layers))$/;
const LIST = /(?:args?|opts?|options|flags|params|volumes?|mounts?|envs?|ports?)$/i;

/** `docker run|create|pull IMAGE`, `docker build`, `docker push`, and the same of its relatives. */
export function readContainer(words: readonly Value[]): ContainerStep | undefined {
  const program = words.findIndex((word) => PROGRAM.test(visibleText(word)) || isProgramVariable(word));
  if (program < 0) return copied(words);
  let at = program + 1;
  for (; visibleText(words[at] ?? EMPTY_VALUE).startsWith("-"); at += 1) {
    if (/^(?:-H|-c|-l|--(?:host|context|config|log-level))$/.test(visibleText(words[at] ?? EMPTY_VALUE))) at += 1;
  }
  while (/^(?:container|image)$/.test(visibleText(words[at] ?? EMPTY_VALUE))) at += 1;
  const builder = /^(?:buildx|builder)$/.test(visibleText(words[at] ?? EMPTY_VALUE));
  if (builder) at += 1;
  const verb = visibleText(words[at] ?? EMPTY_VALUE);
  if (builder && verb !== "build") return undefined;
  const rest = words.slice(at + 1);
  if (/^(?:run|create|pull|from)$/.test(verb)) return taken(plainWords(rest)[0]);
  if (verb === "push") return { ...NOTHING, builds: plainWords(rest).slice(0, 1) };
  return verb === "build" || verb === "bud" ? built(rest) : undefined;
}

function taken(image: Value | undefined): ContainerStep {
  return image === undefined || /^[./~-]/.test(visibleText(image))
    ? NOTHING
    : { ...NOTHING, images: [{ kind: "image", value: image }] };
}

/** `skopeo copy docker://FROM docker://TO`, `crane pull FROM`. */
function copied(words: readonly Value[]): ContainerStep | undefined {
  const texts = words.map(visibleText);
  const program = texts.findIndex((text) => /^(?:\S*\/)?(?:skopeo|crane)$/.test(text));
  if (program < 0 || !/^(?:copy|sync|pull|cp)$/.test(texts[program + 1] ?? "")) return undefined;
  const source = words.find((word, index) => index > program + 1 && isSource(texts, index) && word.pieces.length > 0);
  if (source === undefined) return NOTHING;
  const text = visibleText(source);
  const from = text.startsWith("docker://") ? "docker://".length : 0;
  return taken(sliceValue(source, from, text.length));
}

function isSource(texts: readonly string[], index: number): boolean {
  const text = texts[index] ?? "";
  return texts.some((one) => /^(?:\S*\/)?skopeo$/.test(one)) ? text.startsWith("docker://") : !text.startsWith("-");
}

function built(words: readonly Value[]): ContainerStep {
  const { plain, options } = takenApart(words, BUILD_SWITCH);
  const context = visibleText(plain[0] ?? EMPTY_VALUE);
  const file = visibleText(lastOf(options, ["-f", "--file"]) ?? EMPTY_VALUE);
  const variables = options
    .filter(({ name }) => name === "--build-arg")
    .flatMap(({ value }): Variable[] => {
      const given = readAssignment(value);
      const name = visibleText(value);
      if (given !== undefined) return [given];
      return /^[A-Za-z_]\w*$/.test(name)
        ? [{ name, value: { ...value, pieces: [{ ...value, kind: "hole", name }] } }]
        : [];
    });
  const builds = options.filter(({ name }) => name === "-t" || name === "--tag").map(({ value }) => value);
  return { images: [], builds, build: { file, context, variables } };
}

type Option = { readonly name: string; readonly value: Value };

function lastOf(options: readonly Option[], names: readonly string[]): Value | undefined {
  return options.findLast(({ name }) => names.includes(name))?.value;
}

/** Words of `docker run` and its kin that are neither options nor their values: the image, then what runs in it. */
export function plainWords(words: readonly Value[]): readonly Value[] {
  return takenApart(words, SWITCH).plain;
}

/** Takes a command's words apart: every option that is no switch has a value, in its own word or in the next. */
function takenApart(words: readonly Value[], isSwitch: RegExp): { plain: Value[]; options: Option[] } {
  const plain: Value[] = [];
  const options: Option[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? EMPTY_VALUE;
    const text = visibleText(word);
    const joined = joinedOption(word, text);
    if (/^\d*[<>]/.test(text)) break;
    if (joined !== undefined) options.push(joined);
    else if (isSwitch.test(text) || (plain.length === 0 && isList(word))) continue;
    else if (text.startsWith("-") && text.length > 1) {
      options.push({ name: text, value: words[at + 1] ?? EMPTY_VALUE });
      at += 1;
    } else plain.push(word);
  }
  return { plain, options };
}

/** `--name=value`, `-p80:80`. */
function joinedOption(word: Value, text: string): Option | undefined {
  const [, long] = /^(--[\w-]+)=/.exec(text) ?? [];
  if (long !== undefined) return { name: long, value: sliceValue(word, long.length + 1, text.length) };
  const [, short] = /^(-[a-zA-Z])[^a-zA-Z-]/.exec(text) ?? [];
  return short === undefined ? undefined : { name: short, value: sliceValue(word, 2, text.length) };
}

/** A variable that stands for further options: an array, or one that is named so. */
function isList({ pieces }: Value): boolean {
  const [only] = pieces;
  return pieces.length === 1 && only?.kind === "hole" && (only.name.startsWith("${") || LIST.test(only.name));
}

function isProgramVariable({ pieces }: Value): boolean {
  const [only] = pieces;
  return (
    pieces.length === 1 &&
    only?.kind === "hole" &&
    /^(?:docker|podman|container|oci|nerdctl)(?:_?(?:bin|cmd|command|exe|engine|runtime|cli|tool))?$/i.test(only.name)
  );
}
