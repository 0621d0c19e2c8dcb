import { inngest } from "./client.ts";

// #sample flow
export const flowControlled = [
  inngest.createFunction(
    {
      id: "concurrency",
      triggers: [{ event: "flow/concurrency" }],
      concurrency: [
        { scope: "fn", key: "event.data.project", limit: 1 },
        { scope: "account", key: '"openai"', limit: 60 },
      ],
    },
    async () => "ran",
  ),
  inngest.createFunction(
    {
      id: "throttle",
      triggers: [{ event: "flow/throttle" }],
      throttle: { limit: 1, period: "5s", burst: 2, key: "event.data.user_id" },
    },
    async () => "ran",
  ),
  inngest.createFunction(
    {
      id: "rate-limit",
      triggers: [{ event: "flow/rate-limit" }],
      rateLimit: { limit: 1, period: "60s", key: "event.data.customer_id" },
    },
    async () => "ran",
  ),
  inngest.createFunction(
    {
      id: "debounce",
      triggers: [{ event: "flow/debounce" }],
      debounce: { period: "1s", key: "event.data.account_id", timeout: "10m" },
    },
    async ({ event }) => event.data.n,
  ),
  inngest.createFunction(
    {
      id: "priority",
      triggers: [{ event: "flow/priority" }],
      priority: { run: "event.data.plan == 'enterprise' ? 180 : 0" },
    },
    async () => "ran",
  ),
  inngest.createFunction(
    {
      id: "singleton",
      triggers: [{ event: "flow/singleton" }],
      singleton: { key: "event.data.user_id", mode: "skip" }, // or "cancel"
    },
    async () => "ran",
  ),
  inngest.createFunction(
    {
      id: "idempotency",
      triggers: [{ event: "flow/idempotency" }],
      idempotency: "event.data.customer_id",
    },
    async () => "ran",
  ),
  inngest.createFunction(
    {
      id: "batch",
      triggers: [{ event: "flow/batch" }],
      batchEvents: { maxSize: 2, timeout: "5s", key: "event.data.user_id" },
    },
    async ({ events }) => events.map(({ data }) => data.n),
  ),
];
// #end
