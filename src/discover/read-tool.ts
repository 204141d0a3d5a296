import { HOLE, type Value, visibleText } from "../lib/pieces.ts";
import type { Reference } from "./format.ts";

type Tool = {
  readonly input: string;
  readonly upstream: string;
  readonly tagTemplate?: string;
  readonly scheme?: string;
};

/** Actions that install a tool in the version an input names, and where that tool comes from. */
const TOOLS: Readonly<Record<string, Tool>> = {
  "actions/setup-python": { input: "python-version", upstream: "pkg:github/python/cpython", tagTemplate: "v{version}" },
  "actions/setup-node": { input: "node-version", upstream: "pkg:github/nodejs/node", tagTemplate: "v{version}" },
  "actions/setup-go": { input: "go-version", upstream: "pkg:github/golang/go", tagTemplate: "go{version}" },
  "astral-sh/setup-uv": { input: "version", upstream: "pkg:github/astral-sh/uv" },
  "pnpm/action-setup": { input: "version", upstream: "pkg:npm/pnpm", scheme: "semver" },
  "azure/setup-helm": { input: "version", upstream: "pkg:github/helm/helm", tagTemplate: "v{version}" },
  "azure/setup-kubectl": { input: "version", upstream: "pkg:github/kubernetes/kubernetes", tagTemplate: "v{version}" },
  "hashicorp/setup-terraform": {
    input: "terraform_version",
    upstream: "pkg:github/hashicorp/terraform",
    tagTemplate: "v{version}",
  },
  "golangci/golangci-lint-action": {
    input: "version",
    upstream: "pkg:github/golangci/golangci-lint",
    tagTemplate: "v{version}",
  },
  "aquasecurity/setup-trivy": {
    input: "version",
    upstream: "pkg:github/aquasecurity/trivy",
    tagTemplate: "v{version}",
  },
  "sigstore/cosign-installer": {
    input: "cosign-release",
    upstream: "pkg:github/sigstore/cosign",
    tagTemplate: "v{version}",
  },
};

/** One number, or a variable that may hold one. */
const WRITTEN = new RegExp(`^(?:v?\\d[\\w.+*-]*|${HOLE})$`);

/** The tool an action installs, when its version is written as one number. */
export function readTool(action: string, inputOf: (name: string) => Value | undefined): Reference | undefined {
  const tool = TOOLS[action];
  const value = tool === undefined ? undefined : inputOf(tool.input);
  const text = value === undefined ? "" : visibleText(value);
  if (tool === undefined || value === undefined || !WRITTEN.test(text)) return undefined;
  const isRange = /(?:^|\.)[x*]/.test(text);
  const { upstream, tagTemplate, scheme = "loose" } = tool;
  const name = tool.upstream.slice(tool.upstream.lastIndexOf("/") + 1);
  return {
    kind: "version",
    value,
    upstream,
    scheme,
    name,
    precision: isRange ? "range" : "exact",
    ...(tagTemplate === undefined ? {} : { tagTemplate }),
  };
}
