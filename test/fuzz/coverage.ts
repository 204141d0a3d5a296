import { Session } from "node:inspector";

type Range = { readonly startOffset: number; readonly endOffset: number; readonly count: number };
type Script = {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
};

/** What of the program ran since the last look: a key per block. */
export type Coverage = { readonly take: () => string[]; readonly close: () => void };

/** Counts blocks by V8's own precise coverage (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/), of files below `root`. */
export function startCoverage(root: string): Coverage {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    take: () => {
      let keys: string[] = [];
      // a session of one's own thread answers at once
      session.post("Profiler.takePreciseCoverage", (error, answer) => {
        if (error !== null) throw error;
        keys = (answer.result as readonly Script[]).filter(({ url }) => url.includes(root)).flatMap(keysOf);
      });
      return keys;
    },
    close: () => session.disconnect(),
  };
}

function keysOf({ scriptId, functions }: Script): string[] {
  return functions.flatMap(({ ranges }) =>
    ranges.flatMap(({ startOffset, endOffset, count }) =>
      count === 0 ? [] : [`${scriptId}:${startOffset}:${endOffset}`],
    ),
  );
}
