import { Hono } from "hono";
import type { FlowContext } from "../../flow/context.ts";
import { measure } from "../../flow/operate/measure.ts";
import { isFailure } from "../../lib/failure.ts";
import { type Metric, toPrometheus } from "../../lib/prometheus.ts";
import type { Probes } from "../probes.ts";

/**
 * `/metrics` for Prometheus, with the token as a bearer token: names of projects and hosts are in it. What the database
 * knows is the same from every replica; what a process counts of itself is not.
 */
export function metricsRoutes(flow: FlowContext, probes: Probes): Hono {
  const routes = new Hono();
  routes.get("/metrics", async (context) => {
    const metrics = [...(await measure(flow)), ...(await queueMetrics(probes)), ...processMetrics()];
    return context.body(toPrometheus(metrics), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  return routes;
}

async function queueMetrics({ depths }: Probes): Promise<Metric[]> {
  const lanes = await depths();
  const up = { name: "headgate_queue_up", help: "1 when the queue answers.", type: "gauge" } as const;
  if (isFailure(lanes)) return [{ ...up, samples: [{ value: 0 }] }];
  return [
    { ...up, samples: [{ value: 1 }] },
    {
      name: "headgate_queue_jobs",
      help: "Jobs by lane and state.",
      type: "gauge",
      samples: lanes.flatMap(({ lane, waiting, delayed, active }) =>
        Object.entries({ waiting, delayed, active }).map(([state, value]) => ({ labels: { lane, state }, value })),
      ),
    },
    {
      name: "headgate_queue_oldest_seconds",
      help: "How long the first waiting job of a lane has waited.",
      type: "gauge",
      samples: lanes.map(({ lane, oldest }) => ({ labels: { lane }, value: oldest / 1_000 })),
    },
  ];
}

function processMetrics(): Metric[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  return [
    {
      name: "process_memory_bytes",
      help: "Memory of this process.",
      type: "gauge",
      samples: Object.entries({ rss, heapUsed, external }).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    {
      name: "process_uptime_seconds",
      help: "Since when this process runs.",
      type: "gauge",
      samples: [{ value: Math.round(process.uptime()) }],
    },
  ];
}
