import { own } from "../../../domain/own.ts";
import { toPurl } from "../../../domain/upstream.ts";
import { type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import { usualScheme } from "../../../lib/versions/usual-scheme.ts";
import type { Reference } from "../../format.ts";

type Runtime = Pick<Reference, "upstream" | "tagTemplate">;

const fromGithub = (repository: string, tagTemplate?: string): Runtime => ({
  upstream: toPurl("github", repository),
  ...(tagTemplate === undefined ? {} : { tagTemplate }),
});

/** Interpreters and tools by the names that version managers know them by. */
const RUNTIMES: Readonly<Record<string, Runtime>> = {
  python: fromGithub("python/cpython", "v{version}"),
  node: fromGithub("nodejs/node", "v{version}"),
  nodejs: fromGithub("nodejs/node", "v{version}"),
  go: fromGithub("golang/go", "go{version}"),
  golang: fromGithub("golang/go", "go{version}"),
  ruby: fromGithub("ruby/ruby", "v{version}"),
  rust: fromGithub("rust-lang/rust"),
  terraform: fromGithub("hashicorp/terraform", "v{version}"),
  packer: fromGithub("hashicorp/packer", "v{version}"),
  vault: fromGithub("hashicorp/vault", "v{version}"),
  opentofu: fromGithub("opentofu/opentofu", "v{version}"),
  terragrunt: fromGithub("gruntwork-io/terragrunt", "v{version}"),
  tflint: fromGithub("terraform-linters/tflint", "v{version}"),
  "terraform-docs": fromGithub("terraform-docs/terraform-docs", "v{version}"),
  helm: fromGithub("helm/helm", "v{version}"),
  helmfile: fromGithub("helmfile/helmfile", "v{version}"),
  kubectl: fromGithub("kubernetes/kubernetes", "v{version}"),
  kustomize: fromGithub("kubernetes-sigs/kustomize", "kustomize/v{version}"),
  kind: fromGithub("kubernetes-sigs/kind", "v{version}"),
  k3d: fromGithub("k3d-io/k3d", "v{version}"),
  k9s: fromGithub("derailed/k9s", "v{version}"),
  flux2: fromGithub("fluxcd/flux2", "v{version}"),
  argocd: fromGithub("argoproj/argo-cd", "v{version}"),
  sops: fromGithub("getsops/sops", "v{version}"),
  age: fromGithub("FiloSottile/age", "v{version}"),
  cosign: fromGithub("sigstore/cosign", "v{version}"),
  trivy: fromGithub("aquasecurity/trivy", "v{version}"),
  hadolint: fromGithub("hadolint/hadolint", "v{version}"),
  shellcheck: fromGithub("koalaman/shellcheck", "v{version}"),
  shfmt: fromGithub("mvdan/sh", "v{version}"),
  actionlint: fromGithub("rhysd/actionlint", "v{version}"),
  "golangci-lint": fromGithub("golangci/golangci-lint", "v{version}"),
  goreleaser: fromGithub("goreleaser/goreleaser", "v{version}"),
  "pre-commit": fromGithub("pre-commit/pre-commit", "v{version}"),
  "github-cli": fromGithub("cli/cli", "v{version}"),
  jq: fromGithub("jqlang/jq", "jq-{version}"),
  yq: fromGithub("mikefarah/yq", "v{version}"),
  direnv: fromGithub("direnv/direnv", "v{version}"),
  just: fromGithub("casey/just"),
  task: fromGithub("go-task/task", "v{version}"),
  uv: fromGithub("astral-sh/uv"),
  ruff: fromGithub("astral-sh/ruff"),
  poetry: { upstream: toPurl("pypi", "poetry") },
  pnpm: { upstream: toPurl("npm", "pnpm") },
  yarn: { upstream: toPurl("npm", "yarn") },
  bun: fromGithub("oven-sh/bun", "bun-v{version}"),
  deno: fromGithub("denoland/deno", "v{version}"),
  java: { upstream: toPurl("generic", "java") },
  dotnet: fromGithub("dotnet/sdk", "v{version}"),
  php: fromGithub("php/php-src", "php-{version}"),
  elixir: fromGithub("elixir-lang/elixir", "v{version}"),
  erlang: fromGithub("erlang/otp", "OTP-{version}"),
  zig: fromGithub("ziglang/zig"),
  protoc: fromGithub("protocolbuffers/protobuf", "v{version}"),
  buf: fromGithub("bufbuild/buf", "v{version}"),
  prek: fromGithub("j178/prek", "v{version}"),
  zizmor: fromGithub("zizmorcore/zizmor", "v{version}"),
  lefthook: fromGithub("evilmartians/lefthook", "v{version}"),
  gitleaks: fromGithub("gitleaks/gitleaks", "v{version}"),
  typos: fromGithub("crate-ci/typos", "v{version}"),
  taplo: fromGithub("tamasfe/taplo"),
  dprint: fromGithub("dprint/dprint"),
  lychee: fromGithub("lycheeverse/lychee", "lychee-v{version}"),
  talosctl: fromGithub("siderolabs/talos", "v{version}"),
  kubeconform: fromGithub("yannh/kubeconform", "v{version}"),
  kubeseal: fromGithub("bitnami-labs/sealed-secrets", "v{version}"),
  minikube: fromGithub("kubernetes/minikube", "v{version}"),
  stern: fromGithub("stern/stern", "v{version}"),
  velero: fromGithub("vmware-tanzu/velero", "v{version}"),
  syft: fromGithub("anchore/syft", "v{version}"),
  grype: fromGithub("anchore/grype", "v{version}"),
  ripgrep: fromGithub("BurntSushi/ripgrep"),
  cmake: fromGithub("Kitware/CMake", "v{version}"),
  ninja: fromGithub("ninja-build/ninja", "v{version}"),
};

/** Where mise takes a tool from that it names with a prefix: `npm:prettier`, `pipx:black`, `ubi:owner/name`. */
const BACKENDS: Readonly<Record<string, string>> = {
  npm: "npm",
  pipx: "pypi",
  cargo: "cargo",
  gem: "gem",
  go: "golang",
  ubi: "github",
  aqua: "github",
  github: "github",
};

const SCHEMES: Readonly<Record<string, string>> = { poetry: "pep440", pnpm: "semver", yarn: "semver" };

/**
 * The runtime or tool that a version manager installs. Undefined for what names no release of it: another
 * implementation (`pypy3.10-7.3.15`), a virtual environment, `system`.
 */
export function runtimeReference(tool: string, value: Value): Reference | undefined {
  const text = visibleText(value);
  const isVersion = /^v?\d[\w.+-]*$/.test(text);
  const isMoving = /^(?:latest|stable|lts|node|current|nightly)(?:[/:-][\w.*-]*)?$/.test(text);
  if (!isVersion && !isMoving) return undefined;
  return {
    kind: "version",
    value,
    name: tool,
    precision: isMoving ? "floating" : "exact",
    ...runtimeOf(tool),
  };
}

/** Where a tool comes from that version managers know by this name. */
export function runtimeOf(tool: string): Runtime & Pick<Reference, "scheme"> {
  const [, prefix = "", name = ""] = /^(\w+):(.+)$/.exec(tool) ?? [];
  const type = own(BACKENDS, prefix);
  if (type !== undefined) return { upstream: toPurl(type, name), scheme: usualScheme(type) };
  const runtime = own(RUNTIMES, tool) ?? { upstream: toPurl("generic", `asdf/${tool}`) };
  return { scheme: own(SCHEMES, tool) ?? "loose", ...runtime };
}
