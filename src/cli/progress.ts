/** What people read while a command runs, by the command's name; others are quick. */
const DOING: Readonly<Record<string, string>> = {
  plan: "reading files and asking upstreams",
  "send-digest": "writing and sending the digest",
  "preview-digest": "writing the digest",
  "check-health": "asking every service",
  "report-material": "reading what is known",
  "ask-osv": "reading files and asking OSV",
  explain: "reading what is known",
  "build-change": "writing the change",
  "trust-roots": "asking for trust roots",
};

/** Where progress is shown, as `process.stderr` is. */
export type ProgressStream = {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly write: (text: string) => unknown;
};

/** A command that is done sooner shows nothing. */
const PATIENCE = 1_000;

/**
 * Shows on a terminal what a command is doing and for how long, on one line that is gone when it ends; nothing elsewhere.
 * Gives back what ends it.
 */
export function startProgress(name: string, stream: ProgressStream): () => void {
  const doing = DOING[name];
  if (stream.isTTY !== true || doing === undefined) return () => undefined;
  let seconds = 0;
  const show = () => {
    seconds += 1;
    const line = `${doing} … ${seconds} s`.slice(0, (stream.columns || 80) - 1);
    stream.write(`\r\u001b[K${line}`);
  };
  const timer = setInterval(show, PATIENCE);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (seconds > 0) stream.write("\r\u001b[K");
  };
}
