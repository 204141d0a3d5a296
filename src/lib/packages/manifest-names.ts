import { z } from "zod";
import { normaliseProject } from "./pypi-filename.ts";

/** Files in which a repository names the packages that are made from it. */
export const MANIFESTS = ["pyproject.toml", "setup.cfg", "setup.py", "package.json", "Cargo.toml"] as const;

const blob = z.object({ text: z.string() });
const npmName = z.object({ name: z.string().min(1) });

/** The packages that such a file names, as `pypi:requests` or `npm:left-pad`; none where there is no such file. */
export function packagesNamedIn(path: (typeof MANIFESTS)[number], file: unknown): string[] {
  const text = blob.safeParse(file).data?.text;
  if (text === undefined) return [];
  if (path === "package.json") return npmNames(text);
  if (path === "Cargo.toml")
    return namesIn(text, "package", /^name\s*=\s*["']([^"']+)["']/m).map((name) => `cargo:${name}`);
  const found =
    path === "pyproject.toml"
      ? ["project", "tool.poetry"].flatMap((table) => namesIn(text, table, /^name\s*=\s*["']([^"']+)["']/m))
      : path === "setup.cfg"
        ? namesIn(text, "metadata", /^name\s*=\s*(\S+)\s*$/m)
        : [/\bname\s*=\s*["']([^"']+)["']/.exec(text)?.[1] ?? ""];
  return found.filter((name) => name !== "").map((name) => `pypi:${normaliseProject(name)}`);
}

/** The name in one table of a TOML or INI file. */
function namesIn(text: string, table: string, pattern: RegExp): string[] {
  const name = pattern.exec(tableOf(text, table) ?? "")?.[1];
  return name === undefined ? [] : [name];
}

/** The lines of one table of a TOML or INI file; undefined where it has none of that name. */
function tableOf(text: string, table: string): string | undefined {
  const all = text.split("\n");
  const start = all.findIndex((line) => line.trim() === `[${table}]`);
  if (start < 0) return undefined;
  const lines = all.slice(start + 1);
  const end = lines.findIndex((line) => /^\s*\[/.test(line));
  return lines.slice(0, end < 0 ? undefined : end).join("\n");
}

function npmNames(text: string): string[] {
  try {
    const read = npmName.safeParse(JSON.parse(text));
    return read.success ? [`npm:${read.data.name}`] : [];
  } catch {
    return []; // not JSON: it names nothing
  }
}
