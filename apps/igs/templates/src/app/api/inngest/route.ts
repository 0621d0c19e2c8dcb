import { serve } from "inngest/next";
import { inngest } from "../../../inngest/client.ts";
import { functions } from "../../../inngest/functions.ts";

// The functions read and write files.
export const runtime = "nodejs";

export const { GET, POST, PUT } = serve({ client: inngest, functions });
