import type { Check } from "./check.ts";
import { contentAge } from "./checks/content-age.ts";
import { contentChanged } from "./checks/content-changed.ts";
import { withdrawn } from "./checks/withdrawn.ts";

/** Every question that Headgate asks about one release. */
export const CHECKS: readonly Check[] = [withdrawn, contentChanged, contentAge];
