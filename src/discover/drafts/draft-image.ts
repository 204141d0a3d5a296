import type { Edit } from "../../domain/pin.ts";
import { toPurl } from "../../domain/upstream.ts";
import { type ImageReference, parseImageReference } from "../../lib/registry/image-reference.ts";
import { globMatcher } from "../../lib/syntax/glob.ts";
import { HOLE } from "../../lib/syntax/pieces.ts";
import { kindOfName } from "../../lib/versions/tag.ts";
import type { Reference } from "../format.ts";
import type { Resolved } from "../resolve/resolve.ts";
import { anchorOf, holesIn, slicesOf, spelledOut } from "./anchor.ts";
import { imagesBeside } from "./copies.ts";
import { type Draft, editAt, type Filled, type Unclear, unclearHoles } from "./draft.ts";

const PRERELEASE = /^(?:rc|alpha|beta|pre|preview|dev|m|ea)[.-]?\d*$/i;

/** What a CI calls the registry of the project that it runs for: such an image is the project's own. */
const OWN_REGISTRY = /^CI_(?:REGISTRY|PROJECT|COMMIT|PIPELINE)\w*$/;

/** Where a word behind `docker pull` may be a loop's or a function's own variable, or put together elsewhere: no pin, and no riddle either. */
const SCRIPTS = new Set(["shell", "makefile", "powershell", "jenkinsfile", "github-actions", "vagrantfile"]);

/** An image reference with its holes filled: a pin on its tag or digest, or a floating one. */
export function draftImage(asWritten: Filled): Draft | Unclear | undefined {
  const filled = { ...asWritten, resolved: joined(asWritten) };
  const { resolved, reference } = filled;
  const { text } = resolved;
  const localFrom = reference.local?.get(text.toLowerCase());
  if (text === "" || (localFrom !== undefined && localFrom < reference.value.start)) return undefined;
  const holes = holesIn(resolved, 0, text.length);
  if (holes.some((name) => OWN_REGISTRY.test(name)) || (holes.length > 0 && isStage(text, reference))) return undefined;
  const inScript = SCRIPTS.has(filled.file.format);
  if (inScript && text.replaceAll(HOLE, "") === "") return undefined;
  if (holes.length > 0) return unclearImage(resolved, holes);
  const image = parseImageReference(text);
  if (image === undefined)
    return inScript ? undefined : { unclear: `"${text.slice(0, 100)}" is not an image reference.` };
  return image.tag === undefined ? withoutTag(filled, image) : withTag(filled, image, image.tag);
}

function unclearImage(resolved: Resolved, holes: readonly string[]): Unclear {
  const unclear = unclearHoles(`Image ${spelledOut(resolved)}`, holes);
  const image = parseImageReference(withoutOpenTag(resolved.text));
  return image === undefined ? unclear : { ...unclear, upstream: imagePurl(image) };
}

/** What a tag is made of decides nothing about whose image it is. */
export function withoutOpenTag(text: string): string {
  const hole = text.indexOf(HOLE);
  const colon = hole < 0 ? -1 : text.lastIndexOf(":", hole);
  return colon > text.lastIndexOf("/") ? text.slice(0, colon) : text;
}

/** `FROM base-${KIND}`: one of the stages, whichever it is. */
function isStage(text: string, { local }: Reference): boolean {
  const pattern = text.toLowerCase().replaceAll(HOLE, "*");
  if (local === undefined || !/^[\w*-]+$/.test(pattern) || !/\w/.test(pattern)) return false;
  return [...local.keys()].some((name) => !/^\d+$|^scratch$/.test(name) && globMatcher(pattern)(name));
}

/** One text of parts that stand apart. What joins them stands nowhere, so that no edit can reach it. */
function joined({ file, reference, resolved, fill }: Filled): Resolved {
  const { registry, ref, digest } = reference;
  const glue = (text: string) => ({ text, path: file.path, start: Number.NaN, depth: 0 });
  const pieces = [
    ...(registry === undefined ? [] : [...fill(registry).pieces, glue("/")]),
    ...resolved.pieces,
    ...(ref === undefined ? [] : [glue(":"), ...fill(ref).pieces]),
    ...(digest === undefined ? [] : [glue("@"), ...fill(digest).pieces]),
  ];
  return { pieces, text: pieces.map((piece) => ("hole" in piece ? HOLE : piece.text)).join("") };
}

/** The package URL of an image, which names the registry unless it is Docker Hub. */
export function imagePurl(image: ImageReference): string {
  return toPurl("docker", image.repository, image.host === "docker.io" ? {} : { repository_url: image.host });
}

function withTag(filled: Filled, image: ImageReference, tag: NonNullable<ImageReference["tag"]>): Draft {
  const { resolved } = filled;
  const anchor = anchorOf(resolved, tag.start, tag.end);
  const slice = anchor ?? slicesOf(resolved, tag.start, tag.end)[0] ?? placeOf(filled);
  const versioned = kindOfName(tag.text) !== "branch";
  const around =
    anchor === undefined || anchor.before + anchor.after === ""
      ? {}
      : { without: { before: anchor.before, after: anchor.after } };
  const edits = versioned && anchor !== undefined ? [{ ...editAt(anchor, "version", "{version}"), ...around }] : [];
  const variant = versioned ? variantOf(tag.text) : undefined;
  return {
    ...common(filled, image, anchor?.variable),
    path: slice.path,
    start: slice.start,
    text: anchor?.text ?? tag.text,
    version: versioned ? tag.text : "",
    precision: versioned || image.digest !== undefined ? "exact" : "floating",
    edits: [...edits, ...namedAgain(filled, tag, edits), ...digestEdits(filled, image)],
    ...(variant === undefined ? {} : { variant }),
    ...(versioned ? pinningOf(filled, image, tag) : {}),
    ...byHandOf(filled, image),
  };
}

/** The same edits where a script says the image's name again. */
function namedAgain(filled: Filled, tag: NonNullable<ImageReference["tag"]>, edits: readonly Edit[]): Edit[] {
  if (filled.reference.ref !== undefined || filled.reference.registry !== undefined) return [];
  const places = edits.length === 0 ? [] : imagesBeside(filled);
  return edits.flatMap((edit) => places.map((at) => ({ ...edit, start: at + tag.start, end: at + tag.end })));
}

/** What to write where no edit can give it a digest. */
function byHandOf(filled: Filled, image: ImageReference): Pick<Draft, "pinByHand"> {
  const { resolved, reference } = filled;
  if (image.digest !== undefined || reference.pinnable === false || digestEdits(filled, image).length > 0) return {};
  if (isApart(reference))
    return {
      pinByHand: `its name and its tag stand apart: write the digest where the template takes one, or the tag as {tag}@{digest} if it only puts a colon between them`,
    };
  return {
    pinByHand: `its tag is put together elsewhere: write ${spelledOut(resolved)}@{digest}, which then counts whatever is given for the tag`,
  };
}

/**
 * A digest behind the tag, where the tag stands in the reference itself, all of the reference in one variable, or the
 * whole tag in one that nothing else uses: whoever gives that another value then replaces both.
 */
function pinningOf(filled: Filled, image: ImageReference, tag: NonNullable<ImageReference["tag"]>) {
  const { resolved, reference } = filled;
  const [slice, ...more] = slicesOf(resolved, tag.start, tag.end);
  if (slice === undefined || more.length > 0 || image.digest !== undefined || isApart(reference)) return {};
  if (reference.pinnable === false) return {};
  const isWhole =
    slice.variable === undefined || slicesOf(resolved, 0, tag.end).length === 1 || isTagAlone(filled, slice.variable);
  const again = imagesBeside(filled).map((at) => ({ path: filled.file.path, start: at + tag.end, end: at + tag.end }));
  const places = [{ ...slice, start: slice.end }, ...again];
  return isWhole ? { pinning: places.map((place) => editAt(place, "digest", "@{digest}")) } : {};
}

/** `ARG V=3.13` of which a Dockerfile makes nothing but `python:${V}`, once or several times. */
function isTagAlone({ file, resolved }: Filled, variable: string): boolean {
  if (
    file.format !== "dockerfile" ||
    slicesOf(resolved, 0, resolved.text.length).some(({ path }) => path !== file.path)
  )
    return false;
  const named = [...file.text.matchAll(/[A-Za-z_]\w*/g)].filter(([word]) => word === variable);
  const used = [...file.text.matchAll(/(?<!\S)(\S+):\$(?:\{(\w+)\}|(\w+))(?=\s|$)/g)].filter(
    ([, , braced, bare]) => (braced ?? bare) === variable,
  );
  return named.length === used.length + 1 && new Set(used.map(([, name]) => name)).size === 1;
}

/** Nothing but the name, or a digest alone. */
function withoutTag(filled: Filled, image: ImageReference): Draft {
  const { start, end } = filled.reference.digest === undefined ? image.name : (image.digest ?? image.name);
  const name = slicesOf(filled.resolved, start, end).at(-1) ?? placeOf(filled);
  return {
    ...common(filled, image, undefined),
    path: name.path,
    start: name.start,
    text: image.digest?.text ?? "",
    version: "",
    precision: image.digest === undefined ? "floating" : "exact",
    edits: digestEdits(filled, image),
  };
}

function common(filled: Filled, image: ImageReference, variable: string | undefined) {
  const { reference } = filled;
  return {
    upstream: imagePurl(image),
    scheme: "docker-tag",
    name: variable ?? reference.name ?? image.name.text,
    ...(image.digest === undefined ? {} : { digest: image.digest.text }),
    ...(reference.own === true ? { own: true } : {}),
  };
}

/** A written digest is replaced; where there is none, a floating place can be given one. */
function digestEdits(filled: Filled, image: ImageReference) {
  const { digest } = image;
  if (digest !== undefined) {
    const anchor = anchorOf(filled.resolved, digest.start, digest.end);
    return anchor === undefined || anchor.before + anchor.after !== "" ? [] : [editAt(anchor, "digest", "{digest}")];
  }
  if (image.tag !== undefined && kindOfName(image.tag.text) !== "branch") return [];
  if (isApart(filled.reference)) return [];
  const end = image.tag?.end ?? image.name.end;
  const last = slicesOf(filled.resolved, end - 1, end)[0];
  return last === undefined ? [] : [editAt({ ...last, start: last.end }, "digest", "@{digest}")];
}

/** Only what is written can be replaced there: how a digest would be added, each chart decides for itself. */
function isApart({ registry, ref }: Reference): boolean {
  return registry !== undefined || ref !== undefined;
}

/** The words after the version: `slim-trixie` of `3.13-slim-trixie`. Words of a prerelease belong to the version. */
function variantOf(tag: string): string | undefined {
  const [, rest] = /^v?\d[\d.]*-(.+)$/.exec(tag) ?? [];
  return rest === undefined || PRERELEASE.test(rest) ? undefined : rest;
}

function placeOf(filled: Filled): { path: string; start: number } {
  return { path: filled.file.path, start: filled.reference.value.start };
}
