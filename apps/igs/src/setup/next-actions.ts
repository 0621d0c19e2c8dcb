import type { NextAction } from "../output/envelope.ts";
import type { SetupAnswers } from "./setup-answers.ts";

/** Three commands that make sense after a set-up. */
export function nextActions({ work, start }: SetupAnswers): readonly NextAction[] {
  const first =
    start === "none"
      ? { command: "igs start", description: "Start the bus" }
      : {
          command: "igs verify",
          description: "Kill worker and engine, and see that nothing is lost",
        };
  return work === "background"
    ? [first, SEND, { command: "igs functions", description: "What runs, and what starts it" }]
    : [
        first,
        SEND,
        { command: 'igs loop start --goal "…" --project .', description: "A coding loop" },
      ];
}

const SEND = {
  command: "igs send pipeline/video.download --url URL --follow",
  description: "A video becomes a note",
};
