import { execFileSync } from "node:child_process";
import { DAY, plus } from "../../src/domain/instant.ts";
import { aFolder } from "./folder.ts";

/** A repository in a temporary folder. Each commit and tag is a day after the one before it, from 2026-01-01 on. */
export function aClone() {
  const folder = aFolder();
  let now = "2026-01-01T00:00:00.000Z";
  const git = (args: readonly string[], input = ""): string => {
    const person = { NAME: "Ann", EMAIL: "ann@example.org", DATE: now };
    const about = Object.entries(person).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]);
    const env = { ...process.env, ...Object.fromEntries(about), GIT_CONFIG_GLOBAL: "/dev/null" };
    return execFileSync("git", args, { cwd: folder, env, input, encoding: "utf8" }).trim();
  };
  const later = () => {
    now = plus(now, DAY);
  };
  git(["init", "-q", "-b", "main"]);
  return {
    folder,
    git,
    commit: (): string => {
      later();
      git(["commit", "-q", "--allow-empty", "-m", "a change"]);
      return git(["rev-parse", "HEAD"]);
    },
    /** An annotated tag of HEAD, with the text of a signature if one is given. */
    tag: (name: string, signature = ""): void => {
      later();
      const head = `object ${git(["rev-parse", "HEAD"])}\ntype commit\ntag ${name}\ntagger Ann <ann@example.org>`;
      const object = `${head} ${Date.parse(now) / 1000} +0000\n\n${name}\n${signature}`;
      const id = git(["hash-object", "-t", "tag", "-w", "--stdin"], object);
      git(["update-ref", `refs/tags/${name}`, id]);
    },
    bareTag: (name: string): string => git(["tag", name]),
  };
}

/** An SSH signature as git keeps it, by a key of these bytes: it names the key and proves nothing. */
export function aSignature(key: string): string {
  const bytes = Buffer.from(key);
  const [version, length] = [Buffer.alloc(4), Buffer.alloc(4)];
  version.writeUInt32BE(1);
  length.writeUInt32BE(bytes.length);
  const blob = Buffer.concat([Buffer.from("SSHSIG"), version, length, bytes]).toString("base64");
  return `-----BEGIN SSH SIGNATURE-----\n${blob}\n-----END SSH SIGNATURE-----\n`;
}
