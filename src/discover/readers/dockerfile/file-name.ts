/** Paths of Dockerfiles and Containerfiles: `Dockerfile`, `tool.Dockerfile`, `Dockerfile.alpine`, `Dockerfile_dev`. */
export const DOCKERFILE_NAME = /(?:^|\/)(?:[\w.-]*[._-])?(?:docker|container)file(?:[.-][\w.-]+|_[\w-]+)?$/i;
