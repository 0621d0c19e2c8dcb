// #sample options
import { Inngest } from "inngest";

export const inngest = new Inngest({
  id: "my-app",
  // Left out: no checkpointing option (it is on), no realtime middleware (it is part of the SDK), no schemas
  // (each event has its own).
  isDev: false,
  baseUrl: "http://localhost:8288",
  eventKey: process.env.INNGEST_EVENT_KEY ?? "",
  signingKey: process.env.INNGEST_SIGNING_KEY ?? "",
});
// #end

// #sample checkpointing
export const patient = new Inngest({
  id: "patient",
  checkpointing: { maxRuntime: "300s", bufferedSteps: 2, maxInterval: "10s" },
});
// #end
