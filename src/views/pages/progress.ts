import type { Progress } from "../../domain/pages/progress.ts";
import { type Html, html } from "../html.ts";
import { progressPanel } from "../parts/progress.ts";

/** How far the running cycle is, and what a cycle is. */
export function progressPage(progress: Progress): Html {
  return html`<p class="lead">A cycle reads the projects' files, asks the upstreams whose time has come, decides, and sends what follows.</p>
${progressPanel(progress, "/progress")}`;
}
