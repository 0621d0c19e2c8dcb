import { Hono } from "hono";
import { serve } from "inngest/hono";
import { inngest } from "./inngest/client.ts";
import { functions } from "./inngest/functions.ts";

export const app = new Hono();

app.get("/", (c) => c.json({ status: "running", functions: functions.length }));
app.on(["GET", "POST", "PUT"], "/api/inngest", serve({ client: inngest, functions }));
