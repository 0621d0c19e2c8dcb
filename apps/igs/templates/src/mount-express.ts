// An app of the person's, with the lines that `igs new` prints for it.

import express from "express";
// #lines
import { serve } from "inngest/express";
import { inngest } from "./inngest/client.ts";
import { functions } from "./inngest/functions.ts";
// #end

export const app = express();
// #lines
// Before any other express.json(): a call carries what the steps before it returned.
app.use("/api/inngest", express.json({ limit: "32mb" }), serve({ client: inngest, functions }));
// #end
