import { expect, test } from "bun:test";
import { dashboardAddress } from "./dashboard-address.ts";

const ENGINE = "http://127.0.0.1:8288";

test.each([
  [{ kind: "all" }, "/", "/"],
  [{ kind: "run", runId: "01M7" }, "/runs/01M7", "/run?runID=01M7"],
  [{ kind: "event", eventId: "01M8" }, "/events/01M8", "/events"],
  [{ kind: "function", appId: "a b", functionId: "f/g" }, "/functions/a%20b/f%2Fg", "/functions"],
] as const)("%p has its place in each dashboard", (sight, own, inngest) => {
  expect(dashboardAddress(ENGINE, "embedded", sight)).toBe(`http://localhost:8288${own}`);
  expect(dashboardAddress(ENGINE, "inngest", sight)).toBe(`http://localhost:8288${inngest}`);
});

test("an engine elsewhere keeps its name", () => {
  expect(dashboardAddress("https://bus.example.ts.net", "embedded", { kind: "all" })).toBe(
    "https://bus.example.ts.net/",
  );
});
