import type { CandidateState } from "../candidate-state.ts";
import type { Instant } from "../instant.ts";

/**
 * Where a component stands: with its candidate, or without one. `current`: nothing newer is known. `floating`: nothing
 * written decides its version. `unordered`: no order of its versions is known. `silent`: its upstream could not be asked.
 * `unasked`: not yet.
 */
export type ComponentState = CandidateState | "current" | "floating" | "unordered" | "silent" | "unasked";

/** Which components: all, those in several versions, or those with a place where nothing written decides. */
export const COMPONENT_VIEWS = ["all", "drift", "unpinned"] as const;
/** One of these views. */
export type ComponentView = (typeof COMPONENT_VIEWS)[number];

/** What the list can be ordered by. What is not known comes last, whatever the direction. */
export const COMPONENT_ORDERS = ["upstream", "project", "places", "lag", "behind", "trust", "state"] as const;
/** One of these orders. */
export type ComponentOrder = (typeof COMPONENT_ORDERS)[number];

/** Which components are asked for. Empty texts: any. `page` counts from 1. */
export type ComponentQuery = {
  /** Part of an upstream's name, a version, or a file's path. */
  readonly text: string;
  readonly project: string;
  /** The kind of upstream: `pypi`, `docker`. */
  readonly kind: string;
  readonly state: ComponentState | "";
  readonly view: ComponentView;
  readonly order: ComponentOrder;
  readonly direction: "up" | "down";
  readonly page: number;
};

/** One component as a line of the list. */
export type ComponentRow = {
  readonly project: string;
  readonly key: string;
  readonly upstream: string;
  readonly current: readonly string[];
  readonly places: number;
  /** Places of them where nothing written decides. */
  readonly unpinned: number;
  readonly latest?: string;
  /** Releases after the current version up to the latest. */
  readonly lag?: number;
  /** When the first release that it lacks came out. */
  readonly behindSince?: Instant;
  /** 0..10 and 0..1, as last known. */
  readonly trust?: number;
  readonly coverage?: number;
  readonly candidate?: string;
  readonly state: ComponentState;
};

/** One page of the list, and what can be chosen from. */
export type ComponentList = {
  readonly rows: readonly ComponentRow[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
  readonly projects: readonly string[];
  readonly kinds: readonly string[];
};
