/**
 * One thing that was looked at, and what to do about it. `lacking`: works without it, but does less. `off`: somebody chose
 * so. `unknown`: nobody can tell, which is not well.
 */
export type HealthLine = {
  readonly subject: string;
  readonly state: "ok" | "off" | "lacking" | "unknown" | "broken";
  readonly message: string;
};
