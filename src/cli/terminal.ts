import { styleText } from "node:util";

/** Where a command writes, and how wide it may write. Colours are left out when the stream or NO_COLOR says so. */
export type Terminal = {
  readonly out: (line?: string) => void;
  /** A whole document, as it is. */
  readonly raw: (text: string) => undefined;
  readonly error: (line: string) => void;
  readonly width: number;
  /** A person is reading along: links that open something may be printed. */
  readonly interactive: boolean;
  readonly style: (format: Format, text: string) => string;
};

type Format = Parameters<typeof styleText>[0];

/** The process's own terminal. */
export function processTerminal(): Terminal {
  // Who reads our output may stop early, as `head` does: that ends the command, and is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error; // nobody reads it: there is nobody to tell, and the exit code says the rest
  });
  return {
    out: (line = "") => void process.stdout.write(`${tamed(line)}\n`),
    raw: (text) => void process.stdout.write(process.stdout.isTTY ? tamed(text) : text), // for programs: as it is
    error: (line) => void process.stderr.write(`${tamed(folded(line, process.stderr))}\n`),
    width: Math.min(process.stdout.columns || 80, 120), // a terminal that does not know its size says 0
    interactive: process.stdout.isTTY === true,
    style: (format, text) => styleText(format, text, { stream: process.stdout, validateStream: true }),
  };
}

/** Lines as people read them on a terminal, broken between words; programs get each whole. */
export function folded(text: string, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const { isTTY } = stream;
  const columns = stream.columns || 80;
  if (isTTY !== true) return text;
  const fold = (line: string) => {
    const indent = /^ */.exec(line)?.[0] ?? "";
    return line.length <= columns ? line : wrap(line.trim(), columns, indent).join("\n");
  };
  return text.split("\n").map(fold).join("\n");
}

/** Text from a file or an upstream as a terminal may show it: control characters, escapes and direction marks made visible. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu, "�");
}

/**
 * The last guard before a terminal: whatever was forgotten above, nothing but colours (ECMA-48, SGR), tabs and line ends is
 * obeyed. Cursor moves, titles, links and clipboards (OSC), C1 controls and direction marks are made visible.
 */
export function tamed(text: string): string {
  return text.replace(COLOUR_OR_CONTROL, (found) => (found.endsWith("m") ? found : "�"));
}

const COLOUR_OR_CONTROL =
  /\u001b\[[\d;]{0,20}m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu;

/** Cuts in the middle, so that both the start and the end of a path stay readable. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

/** Breaks a sentence into lines of at most `width`, each behind `indent`. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length + 1 > width - indent.length) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, indent + line];
}

/** Prints a text of any origin in lines of the terminal's width, each behind `indent`. */
export function say(text: string, terminal: Terminal, indent = ""): void {
  for (const line of wrap(printable(text), terminal.width, indent)) terminal.out(line);
}

/** `1 pin`, `2 pins`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
