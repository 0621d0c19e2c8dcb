// An app of the person's, with the lines that `igs new` prints for it.

import { Hono } from "hono";
// #lines
import { serve } from "inngest/hono";
import { inngest } from "./inngest/client.ts";
import { functions } from "./inngest/functions.ts";
// #end

export const app = new Hono();
// #lines
app.on(["GET", "POST", "PUT"], "/api/inngest", serve({ client: inngest, functions }));
// #end
