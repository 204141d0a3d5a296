import type { Format } from "../format.ts";
import { readCompose } from "../readers/yaml/read-compose.ts";

/** Compose files (https://docs.docker.com/reference/compose-file/). */
export const compose: Format = {
  id: "compose",
  title: "Compose file",
  matches: (path) => NAME.test(path),
  read: readCompose,
};

const NAME =
  /(?:^|\/)(?:[\w.-]*[\w][.-])?compose(?:[.-][\w.-]+)?\.ya?ml$|(?:^|\/)docker-stack(?:[.-][\w.-]+)?\.ya?ml$/i;
