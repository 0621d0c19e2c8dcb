import { releaseClaim, takeClaim } from "../src/record/claim.ts";
import { loopPlaces } from "../src/record/loop-places.ts";
import { openLoopRecord } from "../src/record/loop-record.ts";
import { LOOP_ID, someFact, somePrd } from "./some-facts.ts";

export const PROJECT = "/home/sam/code/notes";
const claim = { project: PROJECT, loopId: LOOP_ID, at: "2026-11-24T10:00:00.000Z" };

/** What a dying process does to the end or not. Each may be done again. */
const THINGS = {
  store: (folder: string) =>
    openLoopRecord(loopPlaces(folder, LOOP_ID)).storePrd(somePrd({ id: "A" })),
  append: (folder: string) =>
    openLoopRecord(loopPlaces(folder, LOOP_ID)).append(someFact("planned")),
  take: (folder: string) => takeClaim(folder, claim),
  release: (folder: string) => releaseClaim(folder, claim),
} as const;
export type Thing = keyof typeof THINGS;

export async function doWith(what: string, folder: string): Promise<unknown> {
  const [, act] = Object.entries(THINGS).find(([name]) => name === what) ?? [];
  if (act === undefined) throw new Error(`there is no thing “${what}”`);
  return act(folder);
}
