const LINE = /^([ \t]*(?:RUN|ONBUILD[ \t]+RUN)[ \t]+)(\[[^\r\n\u2028\u2029]*\])[ \t]*\r?$/gim;

/**
 * A Dockerfile in which instructions such as `RUN ["pip", "install", "x"]` read as a shell would write them, with every
 * character in its place: brackets and commas between the strings become spaces
 * (https://docs.docker.com/reference/dockerfile/#shell-and-exec-form). What is no list of strings stays.
 */
export function withoutExecForm(text: string): string {
  return text.replace(LINE, (line, instruction: string, list: string) => {
    if (!isListOfStrings(list)) return line;
    const words = list.replace(/"(?:[^"\\]|\\.)*"|[[\],]/g, (part) => (part.length === 1 ? " " : part));
    return instruction + words + line.slice(instruction.length + list.length);
  });
}

function isListOfStrings(list: string): boolean {
  try {
    const parsed: unknown = JSON.parse(list);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === "string");
  } catch {
    return false; // a shell reads it, too: as a pattern, or as the test command
  }
}
