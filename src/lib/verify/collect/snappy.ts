import { Failure } from "../../failure.ts";

/**
 * Unpacks a block of the snappy format (https://github.com/google/snappy/blob/main/format_description.txt). The length
 * that the block declares is checked against `maxBytes` before anything is allocated.
 */
export function unpackSnappy(block: Uint8Array, maxBytes: number): Uint8Array | Failure {
  const header = readVarint(block);
  if (header === undefined) return broken("its length is not readable");
  if (header.value > maxBytes) return new Failure("too-large", `a snappy block unpacks to more than ${maxBytes} bytes`);
  const output = Buffer.alloc(header.value);
  let [from, to] = [header.next, 0];
  while (from < block.length) {
    const element = readElement(block, from);
    if (element === undefined || to + element.length > output.length) return broken("an element is cut off");
    if (element.kind === "literal") {
      output.set(block.subarray(element.start, element.start + element.length), to);
    } else {
      if (element.offset === 0 || element.offset > to) return broken("a copy reaches before the beginning");
      // Byte by byte: a copy may overlap what it writes.
      for (let index = 0; index < element.length; index++)
        output[to + index] = output[to + index - element.offset] ?? 0;
    }
    to += element.length;
    from = element.next;
  }
  return to === output.length ? output : broken("it is shorter than it says");
}

type Element =
  | { readonly kind: "literal"; readonly start: number; readonly length: number; readonly next: number }
  | { readonly kind: "copy"; readonly offset: number; readonly length: number; readonly next: number };

/** The element at `at`, by the two low bits of its tag; undefined when it reaches past the end. */
function readElement(block: Uint8Array, at: number): Element | undefined {
  const tag = block[at] ?? 0;
  const high = tag >> 2;
  switch (tag & 3) {
    case 0: {
      const extra = high < 60 ? 0 : high - 59;
      const length = (extra === 0 ? high : littleEndian(block, at + 1, extra)) + 1;
      const start = at + 1 + extra;
      return start + length <= block.length ? { kind: "literal", start, length, next: start + length } : undefined;
    }
    case 1: {
      const offset = ((tag >> 5) << 8) | (block[at + 1] ?? 0);
      return at + 2 <= block.length ? { kind: "copy", offset, length: ((tag >> 2) & 7) + 4, next: at + 2 } : undefined;
    }
    default: {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      const next = at + 1 + bytes;
      return next <= block.length
        ? { kind: "copy", offset: littleEndian(block, at + 1, bytes), length: high + 1, next }
        : undefined;
    }
  }
}

function readVarint(block: Uint8Array): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: index + 1 };
  }
  return undefined;
}

function littleEndian(block: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let index = 0; index < bytes; index++) value += (block[at + index] ?? 0) * 2 ** (8 * index);
  return value;
}

function broken(why: string): Failure {
  return new Failure("unreadable", `not a snappy block: ${why}`);
}
