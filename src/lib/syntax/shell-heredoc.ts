import type { Span } from "./pieces.ts";
import { type Cursor, lineEnd } from "./shell-cursor.ts";

/** Passes `<<WORD`, and notes that `into` is given the lines up to that word. */
export function noteHeredoc(cursor: Cursor, into: Span[]): void {
  const opening = /<<(<|-?\s*["']?([A-Za-z_][\w.]*)["']?)?/y;
  opening.lastIndex = cursor.at;
  const found = opening.exec(cursor.text);
  if (found?.[2] !== undefined) cursor.heredocs.push({ word: found[2], into });
  cursor.at = Math.min(cursor.at + (found?.[0].length ?? 2), cursor.end);
}

/** What a here-document holds is data, not commands of this script. */
export function skipHeredocs(cursor: Cursor): void {
  for (const { word, into } of cursor.heredocs.splice(0)) {
    const start = cursor.at;
    let end = start;
    while (cursor.at < cursor.end) {
      const line = cursor.text.slice(cursor.at, lineEnd(cursor)).trim();
      cursor.at = Math.min(lineEnd(cursor) + 1, cursor.end);
      if (line === word) break;
      end = cursor.at;
    }
    into.push({ start, end });
  }
}
