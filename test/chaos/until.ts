import { setTimeout as pause } from "node:timers/promises";

/** Looks twice a second whether something holds; false when it did not before the deadline (epoch milliseconds). */
export async function until(holds: () => boolean | Promise<boolean>, deadline: number): Promise<boolean> {
  while (Date.now() < deadline) {
    if (await holds()) return true;
    await pause(500);
  }
  return false;
}
