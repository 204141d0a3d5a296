import { Failure } from "../failure.ts";

const BLOCK = 512;
const NAME = 100;
const TYPE = 156;
const SIZE = { at: 124, length: 12 };

/** Files, and entries without content: links, devices, folders, pipes (POSIX ustar). */
const FILES = "\u000007";
const EMPTY = "123456";
/** What stands before an entry and is about it: a name (GNU `L`, of a link `K`), or more (pax `x`). `g` is about all. */
const ABOUT = "LKxg";
/** Records that give an entry another length and name, and that some programs know and others do not. */
const CONFUSING = /^GNU\.sparse\./;

type Watch = {
  /** Of a header, or of what an `x` or `g` holds. */
  gathered: Buffer[];
  missing: number;
  /** Content that is of no matter. */
  skipped: number;
  /** The `x` or `g` whose content is gathered; empty: a header is. */
  inside: string;
  /** What stood before the next entry. */
  before: string;
  /** The length that a pax header gives the next entry. npm writes one wherever it writes a name, and it must be the entry's own. */
  told: number | undefined;
};

/**
 * Looks at the headers of a tar archive as they come, and throws an `unreadable` failure where programs that unpack it
 * would find different files: an entry without content that has a length, kinds that only some know, names and lengths that
 * are told twice. Who made the archive chooses which program is mistaken, and it must not be the one that looks for us.
 */
export function createHeaderWatch(): (chunk: Buffer) => void {
  const watch: Watch = { gathered: [], missing: BLOCK, skipped: 0, inside: "", before: "", told: undefined };
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const wanted = watch.skipped > 0 ? watch.skipped : watch.missing;
      const part = chunk.subarray(at, at + wanted);
      at += part.length;
      if (watch.skipped > 0) watch.skipped -= part.length;
      else gather(watch, part);
    }
  };
}

function gather(watch: Watch, part: Buffer): void {
  watch.gathered.push(part);
  watch.missing -= part.length;
  if (watch.missing > 0) return;
  const whole = Buffer.concat(watch.gathered);
  watch.gathered = [];
  watch.missing = BLOCK;
  if (watch.inside === "") readHeader(watch, whole);
  else {
    watch.told = checkRecords(whole, watch.inside);
    watch.skipped = -whole.length & (BLOCK - 1);
    watch.inside = "";
  }
}

function readHeader(watch: Watch, header: Buffer): void {
  if (header.every((byte) => byte === 0)) return; // the end, or filling
  const type = String.fromCharCode(header[TYPE] ?? 0);
  const size = sizeOf(header);
  if (ABOUT.includes(type)) {
    // pax and GNU's own headers overrule one another in an order that is each program's own
    if (watch.before.includes(type) || (watch.before !== "" && /[xg]/.test(watch.before + type))) throw confusing();
    watch.before = type === "g" ? "" : watch.before + type;
    if (!/[xg]/.test(type)) watch.skipped = padded(size);
    else if (size > 0) [watch.inside, watch.missing] = [type, size];
    return;
  }
  checkEntry(header, type, size);
  if (watch.told !== undefined && watch.told !== size) throw confusing();
  [watch.before, watch.told] = ["", undefined];
  watch.skipped = padded(size);
}

/** An entry's own header: of a kind that all programs know, and without content where there can be none. */
function checkEntry(header: Buffer, type: string, size: number): void {
  const isFolder = header.toString("latin1", 0, NAME).split("\0", 1)[0]?.endsWith("/") === true;
  if (!FILES.includes(type) && !EMPTY.includes(type)) throw confusing();
  if (size > 0 && (EMPTY.includes(type) || isFolder)) throw confusing();
}

/** Octal digits, and nothing else but blanks around them: longer files than that are none that are read here. */
function sizeOf(header: Buffer): number {
  const text = header.toString("latin1", SIZE.at, SIZE.at + SIZE.length);
  const digits = /^ *([0-7]+)[ \0]*$|^[ \0]*$/.exec(text);
  if (digits === null) throw confusing();
  return Number.parseInt(digits[1] ?? "0", 8);
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/**
 * Records of a pax header: `<length> <name>=<value>\n`, of exactly that length (POSIX, pax, "Extended Header"). Gives back
 * the length that they tell of the next entry.
 */
function checkRecords(content: Buffer, type: string): number | undefined {
  let told: number | undefined;
  for (let at = 0; at < content.length; ) {
    const [head, digits = "", name = ""] =
      /^(\d{1,7}) ([^=\n\0]{1,200})=/.exec(content.toString("utf8", at, at + 300)) ?? [];
    const length = Number(digits);
    const end = at + length;
    if (head === undefined || length < head.length || end > content.length || content[end - 1] !== NEW_LINE)
      throw confusing();
    if (CONFUSING.test(name) || (type === "g" && /^size$|path$/.test(name))) throw confusing();
    if (name === "size") {
      if (told !== undefined) throw confusing();
      told = Number.parseInt(/^\d+$/.exec(content.toString("latin1", at + head.length, end - 1))?.[0] ?? "", 10);
    }
    if (/path$/.test(name) && content.subarray(at, end).includes(0)) throw confusing();
    at = end;
  }
  return told;
}

const NEW_LINE = 0x0a;

function confusing(): Failure {
  return new Failure("unreadable", "an archive in which programs find different files");
}
