import { getAlerts, postAlertWord } from "./alerts.ts";
import { getCandidate, getLedger, listCandidates, postDecision } from "./candidates.ts";
import { getComponents } from "./components.ts";
import { listDeliveries } from "./deliveries.ts";
import { getExport, listExports } from "./exports.ts";
import { getProject, listProjects } from "./projects.ts";
import type { ApiRoute } from "./route.ts";
import { getTrust, listUpstreams, postVouch } from "./upstreams.ts";

/** Every operation of the API. The server and the document that describes it are made from this list. */
export const API_ROUTES: readonly ApiRoute[] = [
  listProjects,
  getProject,
  getComponents,
  listCandidates,
  getCandidate,
  getLedger,
  postDecision,
  listUpstreams,
  getTrust,
  postVouch,
  getAlerts,
  postAlertWord,
  listDeliveries,
  listExports,
  getExport,
];
