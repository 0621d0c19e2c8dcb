import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { carryOut, type MigrationOutcome } from "../migrate/carry-out.ts";
import { decideMigration, type MigrationPlan } from "../migrate/decide-migration.ts";
import { count, describeLacking, describePlan } from "../migrate/describe-plan.ts";
import { type Journal, openJournal } from "../migrate/journal.ts";
import { loadRunFacts } from "../migrate/load-run-facts.ts";
import { openTarget, type Target, type TargetFlags } from "../migrate/open-target.ts";
import { summarisePlan } from "../migrate/summarise-plan.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError, type Failure } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

export interface MigrateFlags extends ConnectionFlags, TargetFlags {
  readonly function?: string;
  readonly app?: string;
  readonly since?: string;
  readonly until?: string;
  readonly cancelSource?: boolean;
  readonly again?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

type Source = ReturnType<typeof connect>;

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
  readonly flags: MigrateFlags;
  readonly source: Source;
  readonly target: Target;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

export const migrate = createAction<MigrateFlags>("migrate", async ({ io, context }, flags) => {
  const source = connect(context, flags);
  const target = await openTarget(context, source.settings, flags);
  const journal = await openJournal(source.settings.folders.root, target.url);
  const signal = context.listenForStop();
  const scene: Scene = { io, context, flags, source, target, journal, signal };
  const plan = await makePlan(scene);
  const result = { ...addresses(scene), ...summarisePlan(plan) };
  const words = describePlan(plan, { ...addresses(scene), io });
  if (flags.dryRun) return describeDryRun(result, words, target);
  const lacking = findLackingFailure(plan, target);
  if (lacking) return { result, text: words, failure: lacking };
  if (plan.toSend.length === 0 && !(flags.cancelSource && plan.sentBefore.length > 0)) {
    return { result: { ...result, sent: 0 }, text: words };
  }
  io.emit({ type: "plan", ...result }, `${words}\n\n${describeConsequences(scene, plan)}\n`);
  if (!(await isConfirmed(scene, plan)))
    return { result: { ...result, sent: 0 }, text: "Nothing was sent." };
  return describeOutcome(await send(scene, plan), scene, plan);
});

function describeDryRun(result: object, words: string, { url }: Target): Answer {
  const command = `igs migrate --to ${url} --cancel-source`;
  return {
    result,
    text: `${words}\n\nNothing was sent.`,
    nextActions: [{ command, description: "Move them, and cancel each here once it has arrived" }],
  };
}

function addresses({ source, target }: Scene): { readonly from: string; readonly to: string } {
  return { from: source.settings.engineUrl, to: target.url };
}

/** The target is asked first: what can't be had there is told before the runs are looked at. */
async function makePlan(scene: Scene): Promise<MigrationPlan> {
  const { io, source, target, journal, flags, signal } = scene;
  const targetFunctions = await target.api.listFunctions({ signal }).catch(unlessStopped(scene));
  const choice = {
    functionId: flags.function,
    appId: flags.app,
    since: flags.since,
    until: flags.until,
  };
  const onProgress = (done: number, all: number) => io.status(`Looking at ${done} of ${all} runs`);
  const facts = await loadRunFacts(source.api, choice, { signal, onProgress }).catch(
    unlessStopped(scene),
  );
  const wasSent = (eventId: string) => !flags.again && journal.entries.has(eventId);
  const plan = decideMigration({ facts, targetFunctions, wasSent });
  await refuseSameEngine(scene, plan);
  return plan;
}

/**
 * Under another name, too: the same engine knows the very events. Sent there, they would start all of it twice.
 * Servers differ in how they say that they know none: whatever is no event means that.
 */
async function refuseSameEngine({ target, source }: Scene, plan: MigrationPlan): Promise<void> {
  const [event] = plan.toSend;
  const known = event && (await target.api.getEvent(event.internalId).catch(() => undefined));
  if (!known) return;
  throw new CliError({
    code: "refused",
    message: `${target.url} has event ${known.internalId} under the same id: it is the engine at ${source.settings.engineUrl}, or a copy of it, and has these runs already. Nothing was sent.`,
    fix: "Name another engine with --to.",
  });
}

function unlessStopped({ signal }: Scene) {
  return (error: unknown): never => {
    if (!signal.aborted) throw error;
    const message = "Interrupted. Nothing was sent.";
    throw new CliError({ code: "interrupted", message, fix: "Start it again." }, { cause: error });
  };
}

function findLackingFailure({ lacking }: MigrationPlan, { url }: Target): Failure | null {
  if (lacking.length === 0) return null;
  const shown = lacking.slice(0, 3).map(describeLacking).join(", ");
  const more = lacking.length > 3 ? `, and ${lacking.length - 3} more` : "";
  return {
    code: "refused",
    message: `Nothing was sent: ${shown}${more}.`,
    fix: `Register the worker at the target (start it with INNGEST_BASE_URL=${url}), or move other functions alone with --function.`,
  };
}

function describeConsequences(
  { flags, journal, source }: Scene,
  { staying }: MigrationPlan,
): string {
  const here = source.settings.engineUrl;
  const invoked = staying.find(({ reason }) => reason === "invoked-by-step");
  return [
    "A run starts from its beginning there: steps that are done here are done once more.",
    flags.cancelSource
      ? `Each run is cancelled at ${here} once its events have arrived; programs that it started are stopped.`
      : `The runs go on at ${here} as well, so that both do the work: --cancel-source cancels them there.`,
    ...(flags.cancelSource && invoked
      ? [
          `Runs that a step has invoked are not cancelled with it: \`igs cancel ${invoked.run.id} --engine-url ${here}\` ends one.`,
        ]
      : []),
    `An event that arrives twice within 24 hours starts nothing twice. What was sent is written down in ${journal.file} and left out after that, too; --again sends it all the same.`,
  ].join("\n");
}

async function isConfirmed({ io, context, flags }: Scene, plan: MigrationPlan): Promise<boolean> {
  if (flags.yes) return true;
  const what = `${count(plan.toSend.length, "event")} for ${count(plan.moving.length, "run")}`;
  if (!io.isJson && context.confirm) return context.confirm(`Send ${what}?`);
  throw new CliError({
    code: "usage",
    message: `This would send ${what}. Nothing was sent, as nobody can be asked here.`,
    fix: "Add --yes to send them, or --dry-run to see what would be sent.",
  });
}

async function send(scene: Scene, plan: MigrationPlan): Promise<MigrationOutcome> {
  const { io, source, target, journal, flags, signal } = scene;
  return carryOut(plan, {
    source: source.api,
    target: target.api,
    journal,
    cancelsSource: flags.cancelSource === true,
    again: flags.again === true,
    clock: systemClock,
    signal,
    onProgress: ({ sentCount }) => io.status(`Sent ${sentCount} of ${plan.toSend.length} events`),
  });
}

function describeOutcome(
  outcome: MigrationOutcome,
  scene: Scene,
  { toSend }: MigrationPlan,
): Answer {
  const { sentCount, endedCount, refused, cancelledCount, isInterrupted } = outcome;
  const { from, to } = addresses(scene);
  const result = {
    from,
    to,
    sent: sentCount,
    ended: endedCount,
    refused,
    cancelled: cancelledCount,
    journal: scene.journal.file,
  };
  const lines = [
    `Sent ${count(sentCount, "event")} to ${to}.`,
    endedCount > 0 ? `The runs of ${count(endedCount, "event")} had ended meanwhile.` : "",
    cancelledCount > 0 ? `Cancelled ${count(cancelledCount, "run")} at ${from}.` : "",
    ...refused.slice(0, 10).map(({ eventId, name, reason }) => `${eventId} ${name}: ${reason}`),
  ];
  const failure = findOutcomeFailure(outcome, toSend.length);
  return {
    result,
    text: lines.filter((line) => line !== "").join("\n"),
    ...(failure && { failure }),
    nextActions: [
      { command: `igs runs --engine-url ${to}`, description: "The runs that it started there" },
      ...(isInterrupted || scene.flags.cancelSource
        ? []
        : [{ command: "igs runs --status running", description: "Those that go on here" }]),
    ],
  };
}

function findOutcomeFailure(
  { sentCount, refused, isInterrupted }: MigrationOutcome,
  plannedCount: number,
): Failure | null {
  if (isInterrupted) {
    return {
      code: "interrupted",
      message: `Interrupted: ${sentCount} of ${plannedCount} events were sent.`,
      fix: "Start it again: what was sent is left out.",
    };
  }
  if (refused.length === 0) return null;
  return {
    code: "invalid",
    message: `The target refused ${count(refused.length, "event")}.`,
    fix: "Correct what it says, or leave those runs where they are; what was sent is left out the next time.",
  };
}
