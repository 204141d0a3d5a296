/** What a command's exit code says. */
export const EXIT = {
  /** Done, and everything was looked at. */
  done: 0,
  /** Done, but something could not be checked. */
  incomplete: 1,
  /** The call or the configuration is wrong; nothing was done. */
  usage: 2,
} as const;
