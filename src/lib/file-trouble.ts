import { own } from "../domain/own.ts";

/** What the usual system errors of files mean (errno(3)), for people who do not know their names. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EEXIST: "a part of its path is no folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "nothing can be written there",
  ENOSPC: "no space is left there",
};

/** Why a file could not be read or written, in words; the system's own where they are not the usual ones. */
export function fileTrouble(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return own(WORDS, code ?? "") ?? message;
}
