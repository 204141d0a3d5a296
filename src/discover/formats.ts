import type { Format } from "./format.ts";
import { ansible } from "./formats/ansible.ts";
import { bake } from "./formats/bake.ts";
import { cargo } from "./formats/cargo.ts";
import { ciPipeline } from "./formats/ci-pipeline.ts";
import { compose } from "./formats/compose.ts";
import { composer } from "./formats/composer.ts";
import { conda } from "./formats/conda.ts";
import { devcontainer } from "./formats/devcontainer.ts";
import { dockerfile } from "./formats/dockerfile.ts";
import { downloads } from "./formats/downloads.ts";
import { environment } from "./formats/environment.ts";
import { gemfile } from "./formats/gemfile.ts";
import { gitModules } from "./formats/git-modules.ts";
import { githubActions } from "./formats/github-actions.ts";
import { gitlabCi } from "./formats/gitlab-ci.ts";
import { goMod } from "./formats/go-mod.ts";
import { helm } from "./formats/helm.ts";
import { html } from "./formats/html.ts";
import { jekyll } from "./formats/jekyll.ts";
import { jenkinsfile } from "./formats/jenkinsfile.ts";
import { kubernetes } from "./formats/kubernetes.ts";
import { kustomize } from "./formats/kustomize.ts";
import { makefile } from "./formats/makefile.ts";
import { packageJson } from "./formats/package-json.ts";
import { pipfile } from "./formats/pipfile.ts";
import { platformio } from "./formats/platformio.ts";
import { powershell } from "./formats/powershell.ts";
import { preCommit } from "./formats/pre-commit.ts";
import { pyproject } from "./formats/pyproject.ts";
import { pythonScript } from "./formats/python-script.ts";
import { rScript } from "./formats/r-script.ts";
import { requirements } from "./formats/requirements.ts";
import { setupCfg } from "./formats/setup-cfg.ts";
import { setupPy } from "./formats/setup-py.ts";
import { shell } from "./formats/shell.ts";
import { systemd } from "./formats/systemd.ts";
import { terraform } from "./formats/terraform.ts";
import { toolVersions } from "./formats/tool-versions.ts";
import { tox } from "./formats/tox.ts";
import { vagrantfile } from "./formats/vagrantfile.ts";

/** Every kind of file that is read. The first that matches a path reads it; the last one looks at whatever YAML is left. */
export const FORMATS: readonly Format[] = [
  ansible,
  gitlabCi,
  ciPipeline,
  vagrantfile,
  devcontainer,
  terraform,
  helm,
  kustomize,
  dockerfile,
  bake,
  requirements,
  compose,
  githubActions,
  packageJson,
  gitModules,
  goMod,
  cargo,
  gemfile,
  composer,
  jekyll,
  pyproject,
  conda,
  platformio,
  setupPy,
  pipfile,
  preCommit,
  setupCfg,
  toolVersions,
  tox,
  shell,
  systemd,
  rScript,
  pythonScript,
  jenkinsfile,
  powershell,
  environment,
  makefile,
  downloads,
  kubernetes,
  html,
];
