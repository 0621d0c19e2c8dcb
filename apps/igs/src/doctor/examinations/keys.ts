import { createExamination } from "../examination.ts";
import { noEngine } from "../scene.ts";
import { fault, type Trouble, type Verdict, wellUnless } from "../verdict.ts";
import { isAboutKeys, WorkerRegistrationSchema } from "../worker-registration.ts";

export interface KeyFacts {
  readonly engineUrl: string;
  readonly settingsFile: string;
  readonly signing: KeyUse;
  readonly event: KeyUse;
  /**
   * Why the engine refuses the worker; null when it doesn't, or nobody could be asked. A worker for
   * development has no key: that it is refused is `mode`'s to tell.
   */
  readonly workerRefusal: string | null;
}

export interface KeyUse {
  /** `environment` or a file; null when it is not set. */
  readonly from: string | null;
  /** What a request with it got; null: no answer. */
  readonly status: number | null;
}

export const keys = createExamination<KeyFacts>({
  id: "keys",
  title: "engine, worker and this shell have the same keys",
  async look(scene, signal) {
    const { settings } = scene.connection();
    const { engine } = await scene.status();
    const { engineUrl, signingKey, eventKey, settingsFile } = settings;
    if (engine.kind !== "embedded" && engine.kind !== "inngest") throw noEngine(engineUrl);
    const [signedStatus, eventStatus, registration] = await Promise.all([
      statusOf(`${engineUrl}/api/v2/apps`, {
        headers: signingKey === undefined ? {} : { authorization: `Bearer ${signingKey}` },
        signal,
      }),
      // No event at all: the key is looked at first, and nothing can come of it.
      statusOf(`${engineUrl}/e/${eventKey ?? "NO_EVENT_KEY_SET"}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "[]",
        signal,
      }),
      scene.examineWorker("registration", WorkerRegistrationSchema, signal).catch(() => null),
    ]);
    const isSigning = (await scene.place())?.isDev === false;
    const refusal =
      isSigning && registration?.state.kind === "refused" ? registration.state.problem : null;
    const fromOf = (name: string) => {
      const given = settings.values.find((one) => one.name === name && one.source !== "default");
      return given === undefined ? null : (given.from ?? given.source);
    };
    return {
      ...{ engineUrl, settingsFile },
      signing: { from: fromOf("INNGEST_SIGNING_KEY"), status: signedStatus },
      event: { from: fromOf("INNGEST_EVENT_KEY"), status: eventStatus },
      workerRefusal: refusal !== null && isAboutKeys(refusal) ? refusal : null,
    };
  },
  decide(facts): Verdict {
    const { engineUrl, signing, event, workerRefusal, settingsFile } = facts;
    const troubles = [
      ...judge(signing, {
        ...{ name: "INNGEST_SIGNING_KEY", engineUrl, settingsFile },
        why: "nothing can be asked of it, and it can't call a worker with another key",
      }),
      ...judge(event, {
        ...{ name: "INNGEST_EVENT_KEY", engineUrl, settingsFile },
        why: "no event can be sent",
      }),
      ...(workerRefusal === null
        ? []
        : [
            fault({
              problem: `Engine and worker have different signing keys: ${workerRefusal}.`,
              why: "each refuses the other's calls, so nothing runs",
              ...restart(settingsFile),
            }),
          ]),
    ];
    if (troubles.length === 0 && signing.status === null) {
      return { kind: "unchecked", reason: `${engineUrl} did not answer a signed request` };
    }
    return wellUnless(troubles, `${engineUrl} takes them`);
  },
});

const REFUSED = [401, 403];

interface KeyQuestion {
  readonly name: string;
  readonly engineUrl: string;
  readonly settingsFile: string;
  readonly why: string;
}

function judge({ from, status }: KeyUse, question: KeyQuestion): readonly Trouble[] {
  const { name, engineUrl, settingsFile, why } = question;
  if (status === null || !REFUSED.includes(status)) return [];
  const asked = from === null ? `no ${name}, which is not set here` : `the ${name} of ${from}`;
  const problem = `The engine at ${engineUrl} answers ${status} to ${asked}.`;
  const cure =
    from === "environment"
      ? { cure: `unset ${name}`, hint: `Then the one in ${settingsFile} counts.` }
      : restart(settingsFile);
  return [fault({ problem, why, ...cure })];
}

function restart(settingsFile: string): { readonly cure: string; readonly hint: string } {
  return {
    cure: "igs start",
    hint: `Stop engine and worker first: started so, both take the keys of ${settingsFile}. An engine of your own: put its keys there.`,
  };
}

async function statusOf(url: string, init: RequestInit): Promise<number | null> {
  try {
    const response = await fetch(url, { redirect: "manual", ...init });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
