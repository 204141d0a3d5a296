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
/** Records that give an entry another length or name, and that some programs know and others do not. */
const CONFUSING = /^(?:size|GNU\.sparse\..*)$/;

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
};

/**
 * Looks at the headers of a tar archive as they come, and throws an `unreadable` failure where programs that unpack it
 * would find different files: an entry without content that has a length, kinds that only some know, names and lengths that
 * are told twice. Who made the archive chooses which program is mistaken, and it must not be the one that looks for us.
 */
export function createHeaderWatch(): (chunk: Buffer) => void {
  const watch: Watch = { gathered: [], missing: BLOCK, skipped: 0, inside: "", before: "" };
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
    checkRecords(whole, watch.inside);
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
  watch.before = "";
  const isFolder = header.toString("latin1", 0, NAME).split("\0", 1)[0]?.endsWith("/") === true;
  if (!FILES.includes(type) && !EMPTY.includes(type)) throw confusing();
  if (size > 0 && (EMPTY.includes(type) || isFolder)) throw confusing();
  watch.skipped = padded(size);
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

/** Records of a pax header: `<length> <name>=<value>\n`, of exactly that length (POSIX, pax, "Extended Header"). */
function checkRecords(content: Buffer, type: string): void {
  for (let at = 0; at < content.length; ) {
    const [head, digits = "", name = ""] =
      /^(\d{1,7}) ([^=\n\0]{1,200})=/.exec(content.toString("utf8", at, at + 300)) ?? [];
    const length = Number(digits);
    const end = at + length;
    if (head === undefined || length < head.length || end > content.length || content[end - 1] !== NEW_LINE)
      throw confusing();
    if (CONFUSING.test(name) || (type === "g" && /path$/.test(name))) throw confusing();
    if (/path$/.test(name) && content.subarray(at, end).includes(0)) throw confusing();
    at = end;
  }
}

const NEW_LINE = 0x0a;

function confusing(): Failure {
  return new Failure("unreadable", "an archive in which programs find different files");
}
