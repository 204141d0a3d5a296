import type { Format } from "../format.ts";
import { isAddonBuild, readAddonBuild } from "../readers/yaml/read-addon-build.ts";
import { isPlaybook, readAnsible } from "../readers/yaml/read-ansible.ts";
import { isCompose, readCompose } from "../readers/yaml/read-compose.ts";
import { readStatedImages } from "../readers/yaml/read-image-node.ts";
import { isManifest, readManifests } from "../readers/yaml/read-manifest.ts";

/**
 * Kubernetes manifests. They may lie anywhere, so every YAML file that no other format knows is looked at: one that does
 * not say `apiVersion` and `kind` is a part of a Compose file where it has services, a playbook where it is a list of
 * plays, the arguments of a build where it names what that is built from, or gives what it calls an image and writes with
 * a tag.
 */
export const kubernetes: Format = {
  id: "kubernetes",
  title: "Kubernetes manifest",
  matches: (path) => /\.ya?ml$/i.test(path) && !OTHER.test(path),
  read: (text, path) => {
    if (isManifest(text)) return readManifests(text, path);
    if (isCompose(text)) return readCompose(text, path);
    if (isPlaybook(text)) return readAnsible(text, path);
    if (isAddonBuild(text, path)) return readAddonBuild(text, path);
    return { references: readStatedImages(text), variables: [], inclusions: [], problems: [] };
  },
};

/** Files that are known to be something else, and lock files. */
const OTHER =
  /(?:^|\/)(?:\.github|\.gitea|\.forgejo|locales?|i18n|translations?|node_modules|openapi|swagger)\/|(?:^|\/)(?:[\w.-]*lock|mkdocs|_config|openapi|swagger|codecov|\.pre-commit-config|\.travis)\.ya?ml$/i;
