/** What brings a lock file up to date once its manifest was changed: each tool's own documented command. */
const COMMANDS: Readonly<Record<string, string>> = {
  "poetry.lock": "poetry lock",
  "pdm.lock": "pdm lock --update-reuse",
  "uv.lock": "uv lock",
  "pixi.lock": "pixi lock",
  "Pipfile.lock": "pipenv lock",
  "conda-lock.yml": "conda-lock lock",
  "package-lock.json": "npm install --package-lock-only",
  "npm-shrinkwrap.json": "npm install",
  "yarn.lock": "yarn install",
  "pnpm-lock.yaml": "pnpm install --lockfile-only",
  "bun.lock": "bun install --lockfile-only",
  "bun.lockb": "bun install",
  "deno.lock": "deno install",
  "go.sum": "go mod tidy",
  "Cargo.lock": "cargo update --workspace",
  "Gemfile.lock": "bundle lock",
  "gems.locked": "bundle lock",
  "composer.lock": "composer update",
  "mix.lock": "mix deps.get",
  "pubspec.lock": "dart pub get",
  "Podfile.lock": "pod install",
  "Package.resolved": "swift package resolve",
  "packages.lock.json": "dotnet restore --force-evaluate",
  "gradle.lockfile": "gradle dependencies --write-locks",
  "MODULE.bazel.lock": "bazel mod deps --lockfile_mode=update",
  "Chart.lock": "helm dependency update",
  "requirements.lock": "helm dependency update",
  ".terraform.lock.hcl": "terraform init -upgrade",
  "flake.lock": "nix flake update",
  "devbox.lock": "devbox update",
  "mise.lock": "mise lock",
};

/** The command that updates a lock file, run in the folder where it is; undefined where its tool is not known. */
export function lockCommand(lockedBy: string): string | undefined {
  const name = lockedBy.slice(lockedBy.lastIndexOf("/") + 1);
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}
