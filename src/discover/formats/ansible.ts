import type { Format } from "../format.ts";
import { readAnsible } from "../readers/yaml/read-ansible.ts";
import { isManifest, readManifests } from "../readers/yaml/read-manifest.ts";

/** Ansible playbooks, roles, variables and what they require (https://docs.ansible.com/ansible/latest/). */
export const ansible: Format = {
  id: "ansible",
  title: "Ansible playbook, role or requirements",
  matches: (path) => PATHS.some((pattern) => pattern.test(path)) && !/(?:^|\/)\.github\//.test(path),
  read: (text, path) => (isManifest(text) ? readManifests(text, path) : readAnsible(text, path)),
};

const PATHS = [
  /(?:^|\/)(?:tasks|handlers|playbooks?|group_vars|host_vars|defaults|vars)\/.+\.ya?ml$/i,
  /(?:^|\/)ansible[\w.-]*\/.+\.ya?ml$/i,
  /(?:^|\/)roles\/[^/]+\/meta\/main\.ya?ml$/i,
  /(?:^|\/)molecule\/(?:[^/]+\/)?[\w.-]+\.ya?ml$/i,
  /(?:^|\/)(?:[\w.-]*playbook[\w.-]*|site|requirements|galaxy)\.ya?ml$/i,
];
