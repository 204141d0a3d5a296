import type { Check } from "./check.ts";
import { checksumMismatch } from "./checks/checksum-mismatch.ts";
import { contentAge } from "./checks/content-age.ts";
import { contentChanged } from "./checks/content-changed.ts";
import { dependencyAdded } from "./checks/dependency-added.ts";
import { dormantProject } from "./checks/dormant-project.ts";
import { imageOrigin } from "./checks/image-origin.ts";
import { installCode } from "./checks/install-code.ts";
import { lateFiles } from "./checks/late-files.ts";
import { offBranch } from "./checks/off-branch.ts";
import { proofWeaker } from "./checks/proof-weaker.ts";
import { publisherChanged } from "./checks/publisher-changed.ts";
import { releaseBurst } from "./checks/release-burst.ts";
import { repositoryChanged } from "./checks/repository-changed.ts";
import { tagMissing } from "./checks/tag-missing.ts";
import { tagsMovedTogether } from "./checks/tags-moved-together.ts";
import { unknownKey } from "./checks/unknown-key.ts";
import { versionJump } from "./checks/version-jump.ts";
import { withdrawn } from "./checks/withdrawn.ts";

/** Every question that Headgate asks about one release, in the order of the rules' numbers. */
export const CHECKS: readonly Check[] = [
  contentChanged,
  tagsMovedTogether,
  tagMissing,
  proofWeaker,
  publisherChanged,
  unknownKey,
  offBranch,
  imageOrigin,
  contentAge,
  withdrawn,
  installCode,
  dependencyAdded,
  dormantProject,
  releaseBurst,
  versionJump,
  checksumMismatch,
  repositoryChanged,
  lateFiles,
];
