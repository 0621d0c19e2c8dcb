import { describe, expect, test } from "bun:test";
import { Rounds } from "./rounds.ts";

describe("rounds", () => {
  test("begin with a look, and go on until their end, one look after the other", async () => {
    let under = 0;
    let looks = 0;
    const rounds = new Rounds({
      everyMs: 1,
      onError: () => {},
      look: async () => {
        under += 1;
        expect(under).toBe(1);
        await Bun.sleep(1);
        looks += 1;
        under -= 1;
      },
    });
    await rounds.begin();
    expect(looks).toBe(1);
    await rounds.begin();
    expect(looks).toBe(1);
    while (looks < 4) await Bun.sleep(1);
    await rounds.end();
    const count = looks;
    await Bun.sleep(10);
    expect(looks).toBe(count);
    expect(under).toBe(0);
  });

  test("tell the first caller of a failing look, note later ones, and go on", async () => {
    const noted: unknown[] = [];
    let looks = 0;
    const rounds = new Rounds({
      everyMs: 1,
      onError: (error) => noted.push(error),
      look: async () => {
        looks += 1;
        throw new Error(`look ${looks}`);
      },
    });
    await expect(rounds.begin()).rejects.toThrow("look 1");
    while (looks < 3) await Bun.sleep(1);
    await rounds.end();
    expect(String(noted[0])).toContain("look 2");
  });
});
