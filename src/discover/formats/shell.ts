import { posix } from "node:path";
import { type Format, NOTHING_READ, type Reading } from "../format.ts";
import { buildInclusions } from "../readers/shell/read-build.ts";
import { readScript } from "../readers/shell/read-shell.ts";

/** Shell scripts, known by their names: `*.sh`, live-build's hooks, shell start-up files, and examples of them. */
export const shell: Format = {
  id: "shell",
  title: "Shell script",
  matches: (path) => NAME.test(path) || isBare(path),
  guesses: isBare,
  read: (text, path) => (isBare(path) && !SHEBANG.test(text) ? NOTHING_READ : readShellScript(text, path)),
};

/** Commands without an extension, in the folders where such lie or under usual names: shell only if their first line says so. */
const BARE = [
  /(?:^|\/)(?:s?bin|(?:[\w-]+-)?(?:scripts?|tools?)|hooks?|ci|hack|installer)\/(?:[\w-]+\/)?(?![\w-]*file$)[\w-]+$/i,
  /(?:^|\/)(?:Configure|(?:install|setup|bootstrap|provision)(?:[_-][\w-]+)?)$/, // `configure` is made by Autoconf
];
const SHEBANG = /^#![^\n]*\b(?:ba|da|z|k|a)?sh\b/;

function isBare(path: string): boolean {
  return BARE.some((pattern) => pattern.test(path));
}

const NAME =
  /(?:\.(?:sh|bash|zsh|ksh|ash|dash|bats|hook\.(?:chroot|binary))|(?:^|\/)\.envrc|(?:^|[./])(?:bash|zsh|sh)(?:rc|_[\w-]+))(?:\.(?:in|example|sample|dist|template|tmpl|tpl|j2|erb))?$/i;

function readShellScript(text: string, path: string): Reading {
  const script = readScript({ text, span: { start: 0, end: text.length }, scope: "script" });
  const { references, variables, scopes, calls, builds } = script;
  return {
    references,
    variables,
    scopes,
    calls,
    builds,
    inclusions: buildInclusions(script, path),
    replaces: script.substitutions.flatMap(({ replaces }) => replaces),
    takes: script.sources.flatMap((file) => [posix.join(posix.dirname(path), file), posix.normalize(file)]),
    problems: [],
  };
}
