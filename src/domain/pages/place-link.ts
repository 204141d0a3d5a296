import type { Place } from "../pin.ts";

/** A place with its page at the forge, where there is one. */
export type PlaceLink = Place & { readonly url?: string };
