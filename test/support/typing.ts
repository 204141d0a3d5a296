import { execFileSync, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

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

/** Keys, tabs among them, and all the words that stand on the screen once the shell is done with them. */
export type Typed = { readonly keys: string; readonly shows: readonly string[] };

/**
 * Types into a real interactive shell on a terminal of its own (`script` of util-linux gives one): the lines of `before`,
 * then each of `typed`. Gives back what stands on the screen after each: once its words are there, or never came.
 */
export async function type(
  shell: keyof typeof SHELLS,
  before: readonly string[],
  typed: readonly Typed[],
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
    if (!(await until(() => prompts() > seen)))
      throw new Error(`${shell} gives no prompt after ${JSON.stringify(keys)}: ${screen.slice(-300)}`);
  };
  /**
   * Gives a line up. A list of completions ends with a prompt, too, so only what is printed afterwards says that it is over;
   * and what is typed while a shell still hears the interrupt is lost, so it is typed again.
   */
  const giveUp = async (nth: number) => {
    const from = screen.length;
    const isOver = () => screen.slice(from).split(`over-${nth}`)[1]?.includes(PROMPT) === true;
    for (let tries = 0; tries < 30; tries++) {
      await send(INTERRUPT);
      child.stdin.write(`echo over-""${nth}\n`);
      if (await until(isOver, 2_000)) return;
    }
    throw new Error(`${shell} does not go on after an interrupt: ${screen.slice(-300)}`);
  };
  try {
    await until(() => screen !== "");
    for (const line of [setup, ...before]) await send(`${line}\n`);
    const shown: string[] = [];
    for (const { keys, shows } of typed) {
      const from = screen.length;
      const now = () => screen.slice(from).replace(ESCAPES, "");
      child.stdin.write(keys);
      await until(() => shows.every((words) => now().includes(words)));
      shown.push(now());
      if (shown.length < typed.length) await giveUp(shown.length);
    }
    return shown;
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** Ctrl-C: the line is given up, and another begins. */
const INTERRUPT = "\u0003";

/** Whether something holds in the end. A shell that never says it is given up before the test is, so that it can be told. */
async function until(holds: () => boolean, milliseconds = 60_000): Promise<boolean> {
  for (const end = performance.now() + milliseconds; performance.now() < end; await pause(20)) if (holds()) return true;
  return false;
}
