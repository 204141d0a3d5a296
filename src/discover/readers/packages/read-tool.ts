import { own } from "../../../domain/own.ts";
import { HOLE, type Value, visibleText } from "../../../lib/syntax/pieces.ts";
import type { Reference } from "../../format.ts";
import { runtimeOf } from "./read-runtime.ts";

/** Input → what it gives the version of: a runtime or tool by the name version managers use, or a purl. */
type Inputs = Readonly<Record<string, string>>;

const TERRAFORM = { terraform_version: "terraform" };
const TOOLCHAIN = { toolchain: "rust" };

/** Actions that install a tool in the version an input names. */
const TOOLS: Readonly<Record<string, Inputs>> = {
  "actions/setup-python": { "python-version": "python" },
  "actions/setup-node": { "node-version": "node" },
  "actions/setup-go": { "go-version": "go" },
  "actions/setup-java": { "java-version": "java" },
  "actions/setup-dotnet": { "dotnet-version": "dotnet" },
  "ruby/setup-ruby": { "ruby-version": "ruby", bundler: "pkg:gem/bundler" },
  "shivammathur/setup-php": { "php-version": "php" },
  "dtolnay/rust-toolchain": TOOLCHAIN,
  "actions-rs/toolchain": TOOLCHAIN,
  "actions-rust-lang/setup-rust-toolchain": TOOLCHAIN,
  "erlef/setup-beam": { "otp-version": "erlang", "elixir-version": "elixir" },
  "julia-actions/setup-julia": { version: "pkg:github/JuliaLang/julia" },
  "subosito/flutter-action": { "flutter-version": "pkg:github/flutter/flutter" },
  "oven-sh/setup-bun": { "bun-version": "bun" },
  "denoland/setup-deno": { "deno-version": "deno" },
  "mlugg/setup-zig": { version: "zig" },
  "gradle/actions/setup-gradle": { "gradle-version": "pkg:github/gradle/gradle" },
  "gradle/gradle-build-action": { "gradle-version": "pkg:github/gradle/gradle" },
  "astral-sh/setup-uv": { version: "uv", "python-version": "python" },
  "astral-sh/ruff-action": { version: "ruff" },
  "pnpm/action-setup": { version: "pnpm" },
  "snok/install-poetry": { version: "poetry" },
  "abatilo/actions-poetry": { "poetry-version": "poetry" },
  "pdm-project/setup-pdm": { version: "pkg:pypi/pdm", "python-version": "python" },
  "prefix-dev/setup-pixi": { "pixi-version": "pkg:github/prefix-dev/pixi" },
  "conda-incubator/setup-miniconda": { "python-version": "python" },
  "ewatercycle/setup-apptainer": { "apptainer-version": "pkg:github/apptainer/apptainer" },
  "mamba-org/setup-micromamba": { "micromamba-version": "pkg:github/mamba-org/micromamba-releases" },
  "jdx/mise-action": { version: "pkg:github/jdx/mise" },
  "azure/setup-helm": { version: "helm" },
  "azure/setup-kubectl": { version: "kubectl" },
  "helm/kind-action": { version: "kind", kubectl_version: "kubectl" },
  "helm/chart-testing-action": { version: "pkg:github/helm/chart-testing" },
  "imranismail/setup-kustomize": { "kustomize-version": "kustomize" },
  "hashicorp/setup-terraform": TERRAFORM,
  "hashicorp/setup-packer": { version: "packer" },
  "opentofu/setup-opentofu": { tofu_version: "opentofu" },
  "terraform-linters/setup-tflint": { tflint_version: "tflint" },
  "docker/setup-buildx-action": { version: "pkg:github/docker/buildx" },
  "docker/setup-docker-action": { version: "pkg:github/moby/moby" },
  "docker/setup-compose-action": { version: "pkg:github/docker/compose" },
  "golangci/golangci-lint-action": { version: "golangci-lint" },
  "goreleaser/goreleaser-action": { version: "goreleaser" },
  "ko-build/setup-ko": { version: "pkg:github/ko-build/ko" },
  "bufbuild/buf-setup-action": { version: "buf" },
  "arduino/setup-protoc": { version: "protoc" },
  "arduino/setup-task": { version: "task" },
  "extractions/setup-just": { "just-version": "just" },
  "aquasecurity/setup-trivy": { version: "trivy" },
  "aquasecurity/trivy-action": { version: "trivy" },
  "anchore/sbom-action": { "syft-version": "pkg:github/anchore/syft" },
  "anchore/sbom-action/download-syft": { "syft-version": "pkg:github/anchore/syft" },
  "anchore/scan-action": { "grype-version": "pkg:github/anchore/grype" },
  "sigstore/cosign-installer": { "cosign-release": "cosign" },
  "reviewdog/action-setup": { reviewdog_version: "pkg:github/reviewdog/reviewdog" },
  "mfinelli/setup-shfmt": { "shfmt-version": "shfmt" },
  "ludeeus/action-shellcheck": { version: "shellcheck" },
};

/** One number, or a variable that may hold one. */
const WRITTEN = new RegExp(`^(?:v?\\d[\\w.+*-]*|${HOLE})$`);
const MOVING = /^(?:latest|stable|oldstable|lts|current|nightly|beta|edge|node)(?:[/-][\w.*-]*)?$/;

/** The tools an action installs, where their versions are written as one number or as a word that moves. */
export function readTools(action: string, inputOf: (name: string) => Value | undefined): Reference[] {
  return Object.entries(own(TOOLS, action) ?? {}).flatMap(([input, tool]): Reference[] => {
    const value = inputOf(input);
    const text = value === undefined ? "" : visibleText(value);
    if (value === undefined || !(WRITTEN.test(text) || MOVING.test(text))) return [];
    const precision = MOVING.test(text) ? "floating" : /(?:^|\.)[x*]/.test(text) ? "range" : "exact";
    return [{ kind: "version", value, precision, ...knownAs(tool) }];
  });
}

function knownAs(tool: string): Pick<Reference, "upstream" | "scheme" | "tagTemplate" | "name"> {
  const name = tool.slice(tool.lastIndexOf("/") + 1);
  if (!tool.startsWith("pkg:")) return { name, ...runtimeOf(tool) };
  const upstream = tool.startsWith("pkg:github/") ? tool.toLowerCase() : tool;
  const scheme = tool.startsWith("pkg:pypi/") ? "pep440" : "loose";
  return { name, upstream, scheme, ...(tool.startsWith("pkg:github/") ? { tagTemplate: "v{version}" } : {}) };
}
