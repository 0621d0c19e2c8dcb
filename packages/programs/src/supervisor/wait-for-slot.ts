import { openProgramFolder } from "../folder/program-folder.ts";
import { openProgramSlotLine, type Ticket } from "../folder/slot-line.ts";
import { bury } from "../life/bury.ts";
import { decideSupervision, type SupervisionStep } from "../life/decide-supervision.ts";
import { readLife } from "../life/read-life.ts";
import { EMPTY_TREE } from "../processes/process-tree.ts";
import { writeHeartbeat } from "./heartbeat.ts";
import { mustGo, type Supervision, TICK_MS } from "./supervision.ts";

/** Asking whether those ahead live is dearer than looking for their end: on macOS it starts a ps. */
const ASK_ALIVE_EVERY_TICKS = 10;
const BURY_GRACE_MS = 1_000;

/** `go-on` once the program may run. A place is free only when its last holder is dead for sure. */
export async function waitForSlot(supervision: Supervision): Promise<SupervisionStep> {
  const { order, clock, stopMarks } = supervision;
  const slot = order.slot;
  const line = slot && openProgramSlotLine(order.dir, slot.name);
  const ticket = line && (await line.take(order.key));

  for (let tick = 0; ; tick += 1) {
    const step = decideSupervision({
      exit: null,
      isStopAsked: await stopMarks.isSet(order.runId),
      isDismissed: await mustGo(supervision),
      steadyMs: clock.steadyMs(),
      deadlineMs: null,
    });
    if (step.kind === "end" || !slot || !line || !ticket) return step;

    const ahead = (await line.listOpen()).filter((other) => other.number < ticket.number);
    if (ahead.length < slot.capacity) return step;
    if (tick % ASK_ALIVE_EVERY_TICKS === 0) {
      await buryDeadAhead(ahead, supervision);
      await writeHeartbeat(supervision, EMPTY_TREE);
    }
    await clock.sleepMs(TICK_MS);
  }
}

/** One that cannot be buried keeps its place, and we keep waiting: nothing is given twice. */
async function buryDeadAhead(
  ahead: readonly Ticket[],
  { order, table, clock, log }: Supervision,
): Promise<void> {
  for (const { key } of ahead) {
    const folder = openProgramFolder(order.dir, key);
    try {
      const life = await readLife(folder, table);
      if (life.state !== "orphaned") continue;
      log(`the supervisor of ${key} is dead; its program ends before the slot goes on`);
      await bury(folder, { table, clock, endedBy: "lost", graceMs: BURY_GRACE_MS });
    } catch (error) {
      log(`${key} keeps the slot: ${String(error)}`);
    }
  }
}
