import type { Source } from "./source.ts";
import { cargo } from "./sources/cargo.ts";
import { git } from "./sources/git.ts";
import { github } from "./sources/github.ts";
import { golang } from "./sources/golang.ts";
import { maven } from "./sources/maven.ts";
import { npm } from "./sources/npm.ts";
import { oci } from "./sources/oci.ts";
import { pypi } from "./sources/pypi.ts";
import { rubygems } from "./sources/rubygems.ts";

/** Every kind of upstream that can be polled. The first that matches a purl polls it. */
export const SOURCES: readonly Source[] = [github, pypi, oci, npm, git, rubygems, golang, maven, cargo];
