/** A part of a bound. */
export type Share = {
  /** How much of what is wanted may be done. */
  readonly take: (wanted: number) => number;
  /** Leaves what was not taken to those that come later. */
  readonly end: () => void;
};

/** Parts a bound evenly, rounded up: each part is sure of its own, and has what ended ones left over. */
export function sharesOf(bound: number, parts: number): () => Share {
  const each = Math.ceil(bound / Math.max(1, parts));
  let left = 0;
  return () => {
    let own = each;
    return {
      take: (wanted) => {
        const ofOwn = Math.min(wanted, own);
        const ofLeft = Math.min(wanted - ofOwn, left);
        own -= ofOwn;
        left -= ofLeft;
        return ofOwn + ofLeft;
      },
      end: () => {
        left += own;
        own = 0;
      },
    };
  };
}
