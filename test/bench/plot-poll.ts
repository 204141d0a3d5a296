import { readFileSync, writeFileSync } from "node:fs";
import type { Stage } from "./poll/print.ts";

/**
 * `node test/bench/plot-poll.ts OUT.svg RESULT.json…`: draws what a poll of everything costs, from results of
 * `npm run bench:poll -- --changed 0.1,1,10 --json` of several sizes.
 */
type Result = { readonly components: number; readonly runs: readonly { readonly stages: readonly Stage[] }[] };
type Line = {
  readonly title: string;
  readonly points: readonly { readonly upstreams: number; readonly cpu: number }[];
};

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [720, 420, 70, 50, 40, 170];
const COLOURS = ["#1b7837", "#2166ac", "#b35806", "#762a83", "#b2182b"];
const SHOWN = ["cold", "warm, two hours later"];

function main([out, ...files]: readonly string[]): void {
  if (out === undefined || files.length === 0) throw new Error("Name the drawing and the results it is made of.");
  const results = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Result);
  const names = results[0]?.runs[0]?.stages.map(({ name }) => name) ?? [];
  const lines = names.filter((name) => SHOWN.includes(name) || name.includes("%")).map((name) => lineOf(name, results));
  writeFileSync(out, draw(lines));
}

function lineOf(name: string, results: readonly Result[]): Line {
  const points = results.flatMap(({ components, runs }) => {
    const costs = runs.flatMap(({ stages }) => stages.find((stage) => stage.name === name)?.figures.cpu ?? []);
    const middle = costs.sort((a, b) => a - b)[Math.floor(costs.length / 2)];
    return middle === undefined ? [] : [{ upstreams: 3 * components, cpu: middle }];
  });
  return {
    title: name === "warm, two hours later" ? "nothing changed" : name,
    points: points.sort((a, b) => a.upstreams - b.upstreams),
  };
}

function draw(lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points);
  const most = Math.max(...all.map(({ upstreams }) => upstreams));
  const dearest = Math.max(...all.map(({ cpu }) => cpu)) * 1.05;
  const x = (upstreams: number) => LEFT + (upstreams / most) * (WIDTH - LEFT - RIGHT);
  const y = (cpu: number) => HEIGHT - BOTTOM - (cpu / dearest) * (HEIGHT - BOTTOM - TOP);
  const text = (at: readonly [number, number], content: string, more = "") =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${content}</text>`;
  const rule = (value: number) =>
    `<path d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>${text([LEFT - 8, y(value) + 4], value.toFixed(0), 'text-anchor="end"')}`;
  const sizes = [...new Set(all.map(({ upstreams }) => upstreams))];
  const taken: number[] = [];
  const spread = (wanted: number) => {
    let place = wanted + 4;
    while (taken.some((other) => Math.abs(other - place) < 14)) place -= 14;
    taken.push(place);
    return place;
  };
  const curves = lines.map(({ title, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = points.map(
      (point, step) => `${step === 0 ? "M" : "L"}${x(point.upstreams).toFixed(1)} ${y(point.cpu).toFixed(1)}`,
    );
    const dots = points.map(
      (point) =>
        `<circle cx="${x(point.upstreams).toFixed(1)}" cy="${y(point.cpu).toFixed(1)}" r="3" fill="${colour}"/>`,
    );
    const last = points.at(-1) ?? { upstreams: 0, cpu: 0 };
    const label = text(
      [x(last.upstreams) + 10, spread(y(last.cpu))],
      `${title}: ${last.cpu.toFixed(1)} s`,
      `fill="${colour}"`,
    );
    return `<path d="${path.join("")}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}${label}`;
  });
  const steps = Array.from({ length: 5 }, (_, index) => (dearest / 5) * index);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>CPU seconds of one poll of everything, by the number of upstreams</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${text([LEFT, 22], "CPU seconds of one poll of everything", 'font-weight="bold"')}
${steps.map(rule).join("\n")}
${sizes.map((size) => text([x(size), HEIGHT - BOTTOM + 20], size.toLocaleString("en"), 'text-anchor="middle"')).join("\n")}
${text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10], "upstreams: a third each repositories, Python packages, images", 'text-anchor="middle"')}
${curves.join("\n")}
</svg>
`;
}

main(process.argv.slice(2));
