/** The version that a file of a PyPI project is of; undefined when the name says none (installers of other systems). */
export function versionOfFilename(filename: string, project: string): string | undefined {
  if (filename.endsWith(".whl")) return nonEmpty(filename.split("-")[1]);
  const archive = /\.(?:tar\.gz|tgz|tar\.bz2|tar\.xz|tar\.Z|tar|zip|egg)$/.exec(filename);
  if (archive === null) return undefined;
  const stem = filename.slice(0, archive.index);
  const version = afterName(stem, normaliseProject(project));
  return archive[0] === ".egg" ? nonEmpty(version?.split("-")[0]) : version;
}

/** A project name as PyPI compares it (PEP 503). */
export function normaliseProject(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** `python-dateutil-2.8` is `python-dateutil` in 2.8: the part before some dash must be the project's name (PEP 625 and older). */
function afterName(stem: string, project: string): string | undefined {
  for (let dash = stem.indexOf("-"); dash >= 0; dash = stem.indexOf("-", dash + 1)) {
    if (normaliseProject(stem.slice(0, dash)) === project) return nonEmpty(stem.slice(dash + 1));
  }
  return undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
