import type { ForgeId } from "../../domain/project.ts";
import { FORGEJO } from "../forgejo/profile.ts";
import { GITHUB } from "../github/profile.ts";
import { GITLAB } from "../gitlab/profile.ts";
import type { ForgeProfile } from "./profile.ts";

/** What is known of every forge before anything is asked of it; loads no client. */
export const PROFILES: Readonly<Record<ForgeId, ForgeProfile>> = { github: GITHUB, forgejo: FORGEJO, gitlab: GITLAB };

/** Where a forge is while nobody says otherwise. */
export function usualAddress(id: ForgeId): string {
  return `https://${PROFILES[id].hosts[0]}`;
}
