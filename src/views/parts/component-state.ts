import type { ComponentState } from "../../domain/pages/component-list.ts";
import { type Badge, STATES } from "./badge.ts";

/** Where a component stands. */
export const COMPONENT_STATES: Readonly<Record<ComponentState, Badge>> = {
  ...STATES,
  current: { word: "up to date", tone: "good", shape: "tick" },
  floating: { word: "not pinned", tone: "careful", shape: "diamond" },
  unordered: { word: "no known order", tone: "calm", shape: "ring" },
  silent: { word: "not heard from", tone: "careful", shape: "triangle" },
  unasked: { word: "not asked yet", tone: "calm", shape: "ring" },
};
