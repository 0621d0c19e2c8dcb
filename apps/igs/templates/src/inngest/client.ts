import { Inngest } from "inngest";

const { INNGEST_BASE_URL, INNGEST_DEV, INNGEST_SIGNING_KEY, NODE_ENV } = process.env;

/**
 * Mode and address are said outright: left to itself, the SDK would look for Inngest's cloud. As soon as
 * there is a signing key, and always in production, only signed calls are taken. The SDK reads both keys
 * from INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY.
 */
export const inngest = new Inngest({
  id: "my-worker",
  baseUrl: INNGEST_BASE_URL || "http://127.0.0.1:8288",
  isDev: INNGEST_DEV === "1" || (!INNGEST_SIGNING_KEY && NODE_ENV !== "production"),
});
