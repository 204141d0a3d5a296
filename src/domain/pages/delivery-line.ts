import type { Delivery } from "../bump.ts";

/** Something that was sent or tried, with what it is about. */
export type DeliveryLine = Delivery & {
  /** Where it is about a candidate. */
  readonly candidate?: {
    readonly id: string;
    readonly project: string;
    readonly upstream: string;
    readonly to: string;
  };
};

/** What people ask of the list. */
export type DeliveryQuestion = {
  readonly channel?: string;
  readonly state?: Delivery["state"];
  /** Digests of several projects are of none of them. */
  readonly project?: string;
  readonly page: number;
};
