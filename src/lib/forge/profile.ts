import type { Place } from "../../domain/pin.ts";
import type { ForgeId } from "../../domain/project.ts";
import type { Failure } from "../failure.ts";
import type { RepositoryName } from "./branch.ts";
import type { PermissionUse } from "./grants.ts";

/** What a forge makes of the text of a pull request. */
type BodyRules = {
  /** Characters that are filled: the forge's limit, with some room. */
  readonly longest: number;
  /**
   * Where a link from somebody else's text leads instead, if the forge would write into what it names ("mentioned in");
   * undefined: nowhere, only its words stay. `web`: where the forge's pages are.
   */
  readonly quietLink: (url: URL, web: string) => URL | undefined;
};

/** What is lacking where a forge has no credential, as phrases. */
type WithoutCredential = {
  /** The variable that is set for it, the first of them. */
  readonly variable: string;
  /** What cannot be done for projects there. */
  readonly projects: string;
  /** What upstreams lack as well, whoever is watched; absent: upstreams need none. */
  readonly upstreams?: string;
  /** How to get one. */
  readonly advice: string;
};

/** What is known of a forge before anything is asked of it. The list of them is `lib/forge/profiles.ts`. */
export type ForgeProfile = {
  readonly id: ForgeId;
  readonly title: string;
  /** What runs on its servers, after "a": `Forgejo or Gitea`. */
  readonly software: string;
  /** Servers of it that everybody knows; projects are on the first while nobody says otherwise. */
  readonly hosts: readonly string[];
  /** What other servers of it are usually called: the first part of their names. */
  readonly names: readonly string[];
  /** Whether owners lie within owners: `group/subgroup/name`. */
  readonly nested: boolean;
  /** What stands in the way where there is no credential, and what to set. */
  readonly noCredential: string;
  readonly without: WithoutCredential;
  readonly body: BodyRules;
  /** What a person has to give, where a write was refused for lack of it: a phrase; undefined for any other failure. */
  readonly lackingIn: (failure: Failure) => string | undefined;
  readonly permissions: readonly PermissionUse[];
  /** The page of a repository, or of a line of a file at a commit. `web`: where the forge's pages are. */
  readonly pageOf: (web: string, repository: RepositoryName, at?: Place & { readonly commit: string }) => string;
};

/** What is lacking without a credential of a forge, as phrases; none: nobody needs one. */
export function costsWithout({ without }: ForgeProfile, isWatched: boolean): string[] {
  return [without.upstreams, isWatched ? without.projects : undefined].filter((cost) => cost !== undefined);
}
