/** One version that somebody published: on which day of the history, and what is special about it. */
type Published = {
  readonly version: string;
  readonly day: number;
  readonly as?: "prerelease" | "yanked" | "draft" | "other-component";
};

/**
 * The versions of one made-up upstream, in the order in which they were published, the one that is pinned, and the one
 * that is right to move to. `right` is written down by whoever makes the history up; nothing computes it.
 */
export type History = { readonly published: readonly Published[]; readonly pinned: string; readonly right: string };

/** `make(from)`, … `make(to)`, a week apart, the first one on `day`. */
function series(make: (step: number) => string, from: number, to: number, day = 0): Published[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ version: make(from + index), day: day + 7 * index }));
}

type Shape = (seed: number) => History;

/** Ten comes after nine, which texts do not know. */
const tens: Shape = (seed) => ({
  published: series((step) => `${seed % 5}.${step}.0`, 0, 11),
  pinned: `${seed % 5}.4.0`,
  right: `${seed % 5}.11.0`,
});

/** Fixes of the old line are published after the new one. */
const backPorts: Shape = (seed) => ({
  published: [
    ...series((step) => `1.${step}.0`, 0, 5),
    ...series((step) => `2.${step}.0`, 0, 3 + (seed % 2), 42),
    ...series((step) => `1.5.${step}`, 1, 2, 90),
  ],
  pinned: "1.4.0",
  right: `2.${3 + (seed % 2)}.0`,
});

/** Prereleases, marked as such, are the newest. */
const prereleases =
  (spell: (version: string, number: number) => string): Shape =>
  () => ({
    published: [
      ...series((step) => `3.${step}.0`, 0, 8),
      { version: spell("4.0.0", 1), day: 80, as: "prerelease" },
      { version: spell("4.0.0", 2), day: 87, as: "prerelease" },
    ],
    pinned: "3.2.0",
    right: "3.8.0",
  });

/** Years and months. */
const calendar: Shape = (seed) => ({
  published: [...series((step) => `2025.${step}.0`, 8, 12), ...series((step) => `2026.${step}.${seed % 3}`, 1, 10, 35)],
  pinned: "2025.12.0",
  right: `2026.10.${seed % 3}`,
});

/** The newest version is withdrawn, or not published yet. */
const withdrawn =
  (as: "yanked" | "draft"): Shape =>
  () => ({
    published: [...series((step) => `0.${step}.1`, 5, 12), { version: "0.13.0", day: 70, as }],
    pinned: "0.9.1",
    right: "0.12.1",
  });

/** Another component of the same repository has higher numbers. */
const components: Shape = () => ({
  published: series((step) => `5.${step}.2`, 0, 7).flatMap((one) => [
    one,
    { version: one.version.replace("5.", "9."), day: one.day + 1, as: "other-component" as const },
  ]),
  pinned: "5.1.2",
  right: "5.7.2",
});

/** The pinned version is further back than a first page reaches. */
const farBack: Shape = () => ({ published: series((step) => `1.${step}.0`, 0, 59), pinned: "1.3.0", right: "1.59.0" });

/** Fixes after the release itself (PEP 440), and an epoch that beats every number. */
const postRelease: Shape = () => ({
  published: [...series((step) => `1.${step}`, 0, 9), { version: "1.9.post1", day: 77 }],
  pinned: "1.3",
  right: "1.9.post1",
});
const epoch: Shape = () => ({
  published: [...series((step) => `2019.${step}`, 1, 9), { version: "1!1.0", day: 70 }, { version: "1!1.1", day: 77 }],
  pinned: "2019.4",
  right: "1!1.1",
});

const GITHUB: readonly Shape[] = [
  tens,
  backPorts,
  prereleases((version, number) => `${version}-rc.${number}`),
  calendar,
  components,
  withdrawn("draft"),
  tens,
  components,
  backPorts,
];
const PYPI: readonly Shape[] = [
  tens,
  backPorts,
  prereleases((version, number) => `${version.replace(".0.0", ".0")}rc${number}`),
  calendar,
  withdrawn("yanked"),
  postRelease,
  epoch,
];
const IMAGES: readonly Shape[] = [
  tens,
  backPorts,
  prereleases((version, number) => `${version}-rc${number}`),
  calendar,
];

const MANY = 50;

/** The history of the n-th repository; every fiftieth has many versions. */
export function githubHistory(index: number): History {
  return index % MANY === MANY - 1 ? farBack(index) : shapeOf(GITHUB, index);
}

/** The history of the n-th Python package. */
export function pypiHistory(index: number): History {
  return shapeOf(PYPI, index);
}

/** The history of the n-th image, without its flavours. */
export function imageHistory(index: number): History {
  return shapeOf(IMAGES, index);
}

function shapeOf(shapes: readonly Shape[], index: number): History {
  const shape = shapes[index % shapes.length] ?? tens;
  return shape(index);
}
