import { expect, test } from "bun:test";
import { leaveOutLoggedOut } from "./leave-out-logged-out.ts";
import type { PreflightAgent } from "./preflight.ts";

const agent = (name: string, given: Partial<PreflightAgent> = {}): PreflightAgent => ({
  ...{ name, isInstalled: true, login: "yes", version: "1.0.0", problem: null },
  ...given,
});
const namesOf = (...agents: readonly PreflightAgent[]) =>
  leaveOutLoggedOut(agents).map(({ name }) => name);

test("an agent that is not logged in is passed over where another one runs", () => {
  expect(namesOf(agent("codex", { login: "no" }), agent("pi"))).toEqual(["pi"]);
  expect(namesOf(agent("codex", { login: "no" }), agent("pi", { login: "unknown" }))).toEqual([
    "pi",
  ]);
});

test("it stays where no other runs, so that its person is told", () => {
  const absent = agent("pi", { isInstalled: false });
  expect(namesOf(agent("codex", { login: "no" }), absent)).toEqual(["codex", "pi"]);
  expect(namesOf(agent("codex", { login: "no" }))).toEqual(["codex"]);
});
