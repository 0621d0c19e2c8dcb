import { type AppFunction, InngestApiError } from "@system-bus/inngest-api";
import { createExamination } from "../examination.ts";
import { fault, type Verdict, wellUnless } from "../verdict.ts";
import {
  isAboutKeys,
  type WorkerRegistration,
  WorkerRegistrationSchema,
} from "../worker-registration.ts";

export interface RegistrationFacts {
  readonly endpoint: string;
  readonly registration: WorkerRegistration;
  /** Functions that the engine can't start, with its reason. */
  readonly unrunnable: readonly { readonly id: string; readonly problem: string }[];
  readonly functionCount: number;
}

export const registration = createExamination<RegistrationFacts>({
  id: "registration",
  title: "the engine has every function as the worker's code has it",
  async look(scene, signal) {
    const { settings, api } = scene.connection();
    const found = await scene.examineWorker("registration", WorkerRegistrationSchema, signal);
    const { worker } = await scene.status();
    return {
      endpoint: settings.workerUrl,
      registration: found,
      unrunnable: (await listFunctions(() => api.listFunctions({ signal }))).flatMap(
        ({ id, problem }) => (problem === undefined ? [] : [{ id, problem }]),
      ),
      functionCount: worker?.functionCount ?? 0,
    };
  },
  decide({ endpoint, registration: { state, check }, unrunnable, functionCount }): Verdict {
    if (state.kind === "engine-down" || check.kind === "engine-down") {
      return { kind: "unchecked", reason: "the worker finds no engine" };
    }
    if (state.kind === "refused" && isAboutKeys(state.problem)) {
      return {
        kind: "unchecked",
        reason: "the engine refuses the worker's key: `igs doctor keys`",
      };
    }
    if (state.kind === "starting") {
      return { kind: "unchecked", reason: "the worker has only just started: ask again" };
    }
    const why = "events start nothing, or what an earlier code had";
    const cure = `curl -X PUT ${endpoint}`;
    const refused =
      state.kind === "refused"
        ? [fault({ problem: `The engine refuses the functions: ${state.problem}.`, why, cure })]
        : [];
    const drifted =
      check.kind === "drifted" && refused.length === 0
        ? [
            fault({
              problem: `The engine has not what the code has: ${check.reason}.`,
              ...{ why, cure },
              hint: "The worker compares every 30 s and registers by itself; when this stays, its log says why.",
            }),
          ]
        : [];
    const broken = unrunnable.map(({ id, problem }) =>
      fault({
        problem: `The engine can't start ${id}: ${problem}.`,
        why: "its events are taken and nothing runs",
        cure: "igs functions",
      }),
    );
    return wellUnless([...refused, ...drifted, ...broken], `${functionCount} functions`);
  },
});

/** What can't be listed is `keys`' and `engine`'s to tell. */
async function listFunctions(
  list: () => Promise<readonly AppFunction[]>,
): Promise<readonly AppFunction[]> {
  try {
    return await list();
  } catch (error) {
    if (error instanceof InngestApiError) return [];
    throw error;
  }
}
