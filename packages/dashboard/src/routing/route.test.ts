import { describe, expect, test } from "bun:test";
import {
  eventPath,
  eventsPath,
  functionPath,
  functionsPath,
  readRoute,
  runPath,
  runsPath,
  sendPath,
} from "./route.ts";

const read = (address: string) => {
  const url = new URL(address, "http://localhost");
  return readRoute(url.pathname, url.search);
};

describe("an address is read as the page that wrote it", () => {
  test.each([
    [runsPath(), { page: "runs", search: "" }],
    [runsPath("?status=FAILED"), { page: "runs", search: "?status=FAILED" }],
    [runPath("01M7"), { page: "run", runId: "01M7" }],
    [functionsPath, { page: "functions" }],
    [functionPath("demo", "a/b c"), { page: "function", appId: "demo", functionId: "a/b c" }],
    [eventsPath("?name=a%2Fb"), { page: "events", search: "?name=a%2Fb" }],
    [eventPath("01M8"), { page: "event", eventId: "01M8" }],
    [sendPath(), { page: "send", search: "" }],
    [sendPath({ name: "a/b", from: "" }), { page: "send", search: "?name=a%2Fb" }],
  ] as const)("%s", (address, route) => {
    expect(read(address)).toEqual(route);
  });
});

test("the root shows the runs", () => {
  expect(read("/")).toEqual({ page: "runs", search: "" });
});

test("a slash at the end changes nothing", () => {
  expect(read("/runs/01M7/")).toEqual({ page: "run", runId: "01M7" });
});

test.each(["/nothing", "/runs/a/b", "/functions/a", "/functions/a/b/c", "/send/x", "/runs/%ff"])(
  "%s leads nowhere",
  (address) => {
    expect(read(address)).toMatchObject({ page: "nowhere" });
  },
);
