// `npm ci` refuses a lock file that misses a platform's optional package (npm leaves out what its registry does not
// hold). Adds those entries, so that the lock is complete whatever registry it was written against.
// Run after every `npm run deps -- install …`: node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { minVersion, satisfies } from "semver";

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "wasm32",
  "win32",
];
const cpus = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64", "wasm32"];

/** The os and cpu fields that a platform package's name implies, so that npm skips it elsewhere. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system) && system !== "wasm32");
  const cpu = cpus.filter((candidate) => words.includes(candidate));
  return { ...(os.length > 0 && { os }), ...(cpu.length > 0 && { cpu }) };
}

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
let added = 0;
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const top = `node_modules/${name}`;
    const nested = parent === "" ? top : `${parent}/${top}`;
    if (lock.packages[nested] || satisfies(lock.packages[top]?.version ?? "", range)) continue;
    const version = minVersion(range).version;
    lock.packages[lock.packages[top] ? nested : top] = { version, optional: true, ...platformOf(name) };
    added++;
  }
}
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added to package-lock.json`);
