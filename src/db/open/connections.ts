/** Connections of one process to a server. */
export const MOST = 8;

/** What to do where a server, or the role, takes no more connections: too_many_connections of PostgreSQL (appendix A of its manual). */
export const WANTS_CONNECTIONS = {
  code: "53300",
  advice: `raise max_connections, or the limit of the role (each process of Headgate keeps up to ${MOST}), or end others`,
} as const;
