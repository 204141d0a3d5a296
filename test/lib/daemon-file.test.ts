import { spawnSync } from "node:child_process";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDaemonFile, removeDaemonFile, writeDaemonFile } from "../../src/lib/daemon-file.ts";
import { aFolder } from "../support/folder.ts";

const address = { url: "http://127.0.0.1:8420", token: "sesame", pid: process.pid };

describe("the daemon's file", () => {
  it("is for its owner only, also where another one was there before", () => {
    const folder = aFolder({ "daemon.json": "{}" });
    writeDaemonFile(folder, address);
    expect(statSync(join(folder, "daemon.json")).mode & 0o777).toBe(0o600);
    expect(readDaemonFile(folder)).toEqual(address);
  });

  it("is not written through a link that somebody put there", () => {
    const folder = aFolder({ elsewhere: "untouched" });
    symlinkSync(join(folder, "elsewhere"), join(folder, "daemon.json"));
    writeDaemonFile(folder, address);
    expect(readFileSync(join(folder, "elsewhere"), "utf8")).toBe("untouched");
    expect(readDaemonFile(folder)).toEqual(address);
  });

  it("that came with a checkout, as everybody may read it, counts as none", () => {
    const folder = aFolder();
    writeFileSync(join(folder, "daemon.json"), JSON.stringify(address), { mode: 0o644 });
    expect(readDaemonFile(folder)).toBeUndefined();
  });

  it("of a process that is gone counts as none", () => {
    const folder = aFolder();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeDaemonFile(folder, { ...address, pid });
    expect(readDaemonFile(folder)).toBeUndefined();
  });

  it.each(["", "{", "[]", '{"url": 1}'])("with %j in it counts as none", (text) => {
    const folder = aFolder();
    writeFileSync(join(folder, "daemon.json"), text);
    expect(readDaemonFile(folder)).toBeUndefined();
  });

  it("is removed by its owner, and by nobody else", () => {
    const folder = aFolder();
    writeDaemonFile(folder, { ...address, pid: process.ppid });
    removeDaemonFile(folder);
    expect(readDaemonFile(folder)?.pid).toBe(process.ppid);
    writeDaemonFile(folder, address);
    removeDaemonFile(folder);
    expect(readDaemonFile(folder)).toBeUndefined();
  });
});
