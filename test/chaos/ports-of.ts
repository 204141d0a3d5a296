import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The local ports of a process's TCP connections, as Linux tells them (proc(5)); none where it tells nothing, or the process is gone. */
export function portsOf(pid: number): ReadonlySet<number> {
  try {
    const open = new Set(socketsOf(join("/proc", `${pid}`, "fd")));
    const [, ...lines] = readFileSync(`/proc/${pid}/net/tcp`, "utf8").trim().split("\n");
    const connections = lines.map((line) => line.trim().split(/\s+/));
    const mine = connections.filter(([, , , , , , , , , inode = ""]) => open.has(inode));
    return new Set(mine.map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16)));
  } catch {
    return new Set();
  }
}

function socketsOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, name)))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
}
