import type { Format } from "./format.ts";
import { compose } from "./formats/compose.ts";
import { dockerfile } from "./formats/dockerfile.ts";
import { githubActions } from "./formats/github-actions.ts";
import { packageJson } from "./formats/package-json.ts";
import { pyproject } from "./formats/pyproject.ts";
import { requirements } from "./formats/requirements.ts";

/** Every kind of file that is read. The first that matches a path reads it. */
export const FORMATS: readonly Format[] = [dockerfile, requirements, compose, githubActions, packageJson, pyproject];
