/** A reader of outside data. `run` takes any bytes; what it throws, takes seconds for or changes for others is a finding. */
export type Target = {
  readonly id: string;
  /** Inputs to begin with, besides the committed corpus. */
  readonly seeds: () => readonly Uint8Array[];
  readonly run: (input: Uint8Array) => unknown;
};
