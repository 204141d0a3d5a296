/** Bytes that come in pieces. Small pieces are put together: each would take two hundred bytes of its own. */
export type Gathered = { readonly add: (piece: Uint8Array) => void; readonly all: () => readonly Uint8Array[] };

const SMALL = 1024;
const ROOM = 16 * 1024;

/** Nothing yet. Whoever sends a body one byte a chunk makes us keep little more than that body. */
export function gather(): Gathered {
  const pieces: Uint8Array[] = [];
  let room: Uint8Array | undefined;
  let used = 0;
  const flush = () => {
    if (room !== undefined && used > 0) pieces.push(room.slice(0, used));
    used = 0;
  };
  return {
    add: (piece) => {
      if (piece.length >= SMALL || used + piece.length > ROOM) flush();
      if (piece.length >= SMALL) return void pieces.push(piece);
      room ??= new Uint8Array(ROOM);
      room.set(piece, used);
      used += piece.length;
    },
    all: () => {
      flush();
      return pieces;
    },
  };
}
