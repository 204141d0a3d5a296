import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, which can be made full and roomy again. */
export type SmallDisk = {
  readonly folder: string;
  /** Leaves room for so many bytes more. */
  readonly fill: (left: number) => void;
  readonly empty: () => void;
  readonly remove: () => void;
};

/** Mounts one in memory, of so many megabytes; undefined where this user may not mount one, as in most containers. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), "headgate-small-disk-"));
  const mount = (options: string) =>
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  try {
    mount(`size=${megabytes}m`);
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    fill: (left) => {
      const { blocks, bfree, bsize } = statfsSync(folder);
      mount(`remount,size=${(blocks - bfree) * bsize + left}`);
    },
    empty: () => mount(`remount,size=${megabytes}m`),
    remove: () => {
      execFileSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
