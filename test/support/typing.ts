import { execFileSync, spawn } from "node:child_process";

/** Why a shell cannot be tried here; undefined when it can. */
export function missing(...programs: readonly string[]): string | undefined {
  const absent = programs.filter((program) => {
    try {
      execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  return absent.length === 0 ? undefined : `${absent.join(" and ")} is not installed`;
}

/** What a shell is told before a person types; its prompt becomes `READY>`. */
const SHELLS = {
  bash: {
    command: "bash --norc --noprofile -i",
    setup: "unset HISTFILE; PS1='READY''>'; bind 'set show-all-if-ambiguous on'",
  },
  zsh: {
    command: "zsh -f -i",
    setup: "unset HISTFILE; PS1='READY''>'; setopt no_always_last_prompt no_beep no_zle_bracketed_paste 2>/dev/null",
  },
} as const;

const PROMPT = "READY>";
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]|[\\u0007\\r]`, "g");

/**
 * Types into a real interactive shell on a terminal of its own (`script` of util-linux gives one): the lines of `before`,
 * then each of `typed` with its tabs. Gives back what stands on the screen after each, once nothing more comes.
 */
export async function type(
  shell: keyof typeof SHELLS,
  before: readonly string[],
  typed: readonly string[],
  cwd: string,
): Promise<string[]> {
  const { command, setup } = SHELLS[shell];
  const environment = { PATH: process.env.PATH, HOME: cwd, TERM: "dumb", LC_ALL: "C.UTF-8" };
  const child = spawn("script", ["-qfec", `stty cols 300; ${command}`, "/dev/null"], { cwd, env: environment });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let screen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
  });
  const prompts = () => screen.split(PROMPT).length - 1;
  const send = async (keys: string) => {
    const seen = prompts();
    child.stdin.write(keys);
    await until(() => prompts() > seen);
  };
  try {
    await still(() => screen);
    for (const line of [setup, ...before]) await send(`${line}\n`);
    const shown: string[] = [];
    for (const keys of typed) {
      const from = screen.length;
      child.stdin.write(keys);
      await still(() => screen.slice(from));
      shown.push(screen.slice(from).replace(ESCAPES, ""));
      await send(INTERRUPT);
    }
    return shown;
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** Ctrl-C: the line is given up, and another begins. */
const INTERRUPT = "\u0003";

async function until(holds: () => boolean): Promise<void> {
  for (let wait = 0; wait < 200 && !holds(); wait++) await pause(50);
}

/** Until something was written and nothing more comes. */
async function still(read: () => string): Promise<void> {
  let last = "";
  for (let wait = 0; wait < 40; wait++) {
    await pause(250);
    const now = read();
    if (now !== "" && now === last) return;
    last = now;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
