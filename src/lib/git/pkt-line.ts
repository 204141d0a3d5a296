/** The end of a message (gitprotocol-v2). */
export const FLUSH = "0000";
/** The border between the parts of a message. */
export const DELIMITER = "0001";

/** One line of the git wire protocol: four hexadecimal digits of length, then the text (gitprotocol-common). */
export function pktLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
}

/**
 * The lines of a message without their line ends; special packets are empty texts. Undefined when the bytes are not
 * pkt-lines, or end before the last announced byte.
 */
export function readPktLines(bytes: Uint8Array): string[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: string[] = [];
  for (let at = 0; at < buffer.length; ) {
    const digits = buffer.toString("latin1", at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
    const length = Number.parseInt(digits, 16);
    if (at + length > buffer.length) return undefined;
    lines.push(length < 4 ? "" : buffer.toString("utf8", at + 4, at + length).replace(/\n$/, ""));
    at += Math.max(length, 4);
  }
  return lines;
}
