import { createHash } from "node:crypto";
import { deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { Failure } from "../../src/lib/failure.ts";
import type { Fetcher } from "../../src/lib/fetcher.ts";

/** A zip archive of packed files, with nothing but what readers need. */
export function zipOf(files: Readonly<Record<string, string>>, padding = 0): Buffer {
  const locals: Buffer[] = [Buffer.alloc(padding)];
  const central: Buffer[] = [];
  let offset = padding;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(text), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), packed);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  for (const count of [8, 10]) end.writeUInt16LE(Object.keys(files).length, count);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A host of one file that sends parts of it, or does not know how. */
export function aFileHost(file: Buffer, ranges = true): Fetcher {
  return {
    fetch: async ({ url, headers = {}, maxBytes = 0, receive }) => {
      const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
      const start = from === "" ? Math.max(0, file.length - Number(to)) : Number(from);
      const end = from === "" || to === "" ? file.length : Math.min(file.length, Number(to) + 1);
      const body = ranges ? file.subarray(start, end) : file;
      if (body.length > maxBytes) return new Failure("too-large", "more than was asked for");
      const range = { "content-range": `bytes ${start}-${end - 1}/${file.length}` };
      const head = { status: ranges ? 206 : 200, headers: range };
      const take = receive?.(head);
      await take?.(body);
      return { ...head, url, body: take === undefined ? body : new Uint8Array() };
    },
    close: async () => undefined,
  };
}

/** What stands in a tar archive: a text, or a link to somewhere. */
export type TarContent = string | Buffer | { readonly link: string };

/** A tar archive, not packed. Names may repeat and may be anything. */
export async function tarOf(files: readonly (readonly [name: string, content: TarContent])[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of files) {
    if (typeof content === "string" || Buffer.isBuffer(content)) tar.entry({ name }, content);
    else tar.entry({ name, type: "symlink", linkname: content.link });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same, packed with gzip. */
export async function tarballOf(files: Parameters<typeof tarOf>[0]): Promise<Buffer> {
  return gzipSync(await tarOf(files));
}

/** A file as its registry names it: with its address, its size and its hash. */
export function anAsset(name: string, content: Buffer) {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { name, url: `https://files.example/${name}`, size: content.length, digest };
}

/** A header of 512 bytes for content of any length, as the archives' format has it (POSIX ustar). */
export function tarHeader(name: string, size: number, type = "0"): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write(type, 156);
  block.write("ustar\x0000", 257);
  block.write("        ", 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** A packed tar archive of small texts, made at once: the same texts give the same bytes. */
export function plainTarball(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    content.write(text);
    return [tarHeader(name, text.length), content];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
