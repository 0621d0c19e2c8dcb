import { describe, expect, test } from "bun:test";
import { askConsent, type Busyness } from "./consent.ts";

const busy = async (): Promise<Busyness> => ({ runCount: 2, programCount: 1 });
const idle = async (): Promise<Busyness> => ({ runCount: 0, programCount: 0 });
const nobody = undefined;

describe("whether parts may be ended", () => {
  test("nobody is asked where nothing is in the middle", async () => {
    const asking = { mayKill: true, isSure: false, confirm: nobody };
    expect(await askConsent(idle, asking)).toEqual({ kind: "given" });
  });

  test("a person is told what would be interrupted, and may say yes or no", async () => {
    const questions: string[] = [];
    const answering = (answer: boolean) => ({
      mayKill: true,
      isSure: false,
      confirm: async (question: string) => {
        questions.push(question);
        return answer;
      },
    });
    expect(await askConsent(busy, answering(true))).toEqual({ kind: "given" });
    expect(await askConsent(busy, answering(false))).toMatchObject({
      kind: "refused",
      reason: "2 runs and 1 program are in the middle, and you said no",
    });
    expect(questions[0]).toStartWith("2 runs and 1 program are in the middle. Ending worker");
  });

  test("a program that can't be asked has to say --yes", async () => {
    const asking = { mayKill: true, confirm: nobody };
    const one = async () => ({ runCount: 1, programCount: 0 });
    expect(await askConsent(one, { ...asking, isSure: false })).toEqual({
      kind: "refused",
      reason: "1 run is in the middle, and nobody can be asked here",
      cure: expect.stringContaining("--yes"),
    });
    expect(await askConsent(one, { ...asking, isSure: true })).toEqual({ kind: "given" });
  });

  test("--no-kill is a no, whatever else is said", async () => {
    const asking = { mayKill: false, isSure: true, confirm: async () => true };
    expect(await askConsent(idle, asking)).toMatchObject({ kind: "refused" });
  });
});
