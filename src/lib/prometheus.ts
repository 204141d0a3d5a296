/** One number of a metric, with the words that tell it from others of the same name. */
export type Sample = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram: what is put after the name. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
};

/** A metric: its name in Prometheus' style, with its unit, and what it means. */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly samples: readonly Sample[];
};

/** Metrics as text (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4). */
export function toPrometheus(metrics: readonly Metric[]): string {
  return metrics.map(oneMetric).join("");
}

function oneMetric({ name, help, type, samples }: Metric): string {
  const head = `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;
  const lines = samples.map(({ labels = {}, value, suffix = "" }) => `${name}${suffix}${inBraces(labels)} ${value}\n`);
  return head + lines.join("");
}

function inBraces(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
