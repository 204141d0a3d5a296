import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Progress } from "../../domain/pages/progress.ts";
import { showProgress } from "../../flow/show/show-progress.ts";
import { progressPage } from "../../views/pages/progress.ts";
import type { Edge, PageEnv } from "../edge.ts";
import { sendPage } from "../pages.ts";

/** Streams at the same time; more browsers load the page again instead. */
const STREAMS = 20;
/** A stream ends by itself; browsers open it anew, and show their session again. */
const LONGEST = 10 * 60_000;
const EVERY = 2_000;
/** Proxies close what is silent. */
const SIGN_OF_LIFE = 15_000;

/** `GET /progress`: how far the running cycle is. `GET /progress/events`: the same as server-sent events (WHATWG HTML, 9.2). */
export function progressRoutes(edge: Edge): Hono<PageEnv> {
  const routes = new Hono<PageEnv>();
  const read = shared(() => showProgress(edge.flow));
  let open = 0;
  routes.get("/progress", async (context) =>
    sendPage(context, edge, { title: "Progress", section: "/", script: "progress.mjs" }, progressPage(await read())),
  );
  routes.get("/progress/events", (context) => {
    if (open >= STREAMS) {
      context.header("Retry-After", "60");
      return context.text("Too many pages are following already; load the page again instead.", 503);
    }
    open += 1;
    context.header("X-Accel-Buffering", "no");
    return streamSSE(context, async (stream) => {
      const until = Date.now() + LONGEST;
      let said = 0;
      let last = "";
      try {
        while (!stream.aborted && Date.now() < until) {
          const data = JSON.stringify(await read());
          const news = withoutTime(data);
          if (news !== last || Date.now() - said >= SIGN_OF_LIFE) {
            await stream.writeSSE({ data, retry: 10_000 });
            [last, said] = [news, Date.now()];
          }
          await stream.sleep(EVERY);
        }
      } catch (error) {
        edge.flow.log.warn("The progress cannot be followed; browsers try again.", { error });
      } finally {
        open -= 1;
      }
    });
  });
  return routes;
}

function withoutTime(data: string): string {
  return data.replace(/"at":"[^"]*"/, "");
}

/** However many look, the store is asked once in a while. */
function shared(read: () => Promise<Progress>): () => Promise<Progress> {
  let asked = 0;
  let answer: Promise<Progress> | undefined;
  return () => {
    if (answer === undefined || Date.now() - asked >= EVERY / 2) {
      asked = Date.now();
      answer = read();
      answer.catch(() => {
        answer = undefined;
      });
    }
    return answer;
  };
}
