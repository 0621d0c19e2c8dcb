/**
 * Ends the runs of a loop that is cancelled, on any Inngest server; `program-stop` then ends their
 * programs. The planner's own run of that event is not meant.
 */
export const cancelOnLoop = [
  {
    event: "agent/loop.cancel" as const,
    if: "event.name != 'agent/loop.cancel' && event.data.loopId == async.data.loopId",
  },
];
