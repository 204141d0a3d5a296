import type { Channel } from "./channel.ts";
import { eMail } from "./channels/e-mail.ts";
import { pullRequest } from "./channels/pull-request.ts";
import { webhook } from "./channels/webhook.ts";

/** Every way to reach people. The configuration's `deliver` section has one entry for each. */
export const CHANNELS: readonly Channel[] = [pullRequest, eMail, webhook];
