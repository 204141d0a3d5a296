import { userInfo } from "node:os";

/** Who types, as the system knows; absent for a user id that it has no name for, as in many containers. */
export function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
