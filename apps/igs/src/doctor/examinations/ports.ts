import { canListen, findListener } from "../../supervisor/check-port.ts";
import { createExamination } from "../examination.ts";
import { fault, type Verdict, wellUnless } from "../verdict.ts";

export interface PortFacts {
  readonly part: "engine" | "worker";
  readonly port: number;
  readonly state: "ours" | "free" | "taken";
  /** `node, pid 77`; null where nobody can tell. */
  readonly holder: string | null;
}

export const ports = createExamination<readonly PortFacts[]>({
  id: "ports",
  title: "no other program has the ports of engine and worker",
  async look(scene) {
    const { settings } = scene.connection();
    const { engine, worker } = await scene.status();
    const { host, enginePort, workerPort, isEngineUrlGiven } = settings;
    const isEngine = engine.kind === "embedded" || engine.kind === "inngest";
    return Promise.all([
      // An engine that was named has a port of its own, perhaps on another machine.
      ...(isEngineUrlGiven
        ? []
        : [lookAtPort({ part: "engine", host, port: enginePort, isOurs: isEngine })]),
      lookAtPort({ part: "worker", host, port: workerPort, isOurs: worker !== null }),
    ]);
  },
  decide(facts): Verdict {
    return wellUnless(
      facts
        .filter(({ state }) => state === "taken")
        .map(({ part, port, holder }) =>
          fault({
            problem: `Port ${port}, which the ${part} wants, is taken by ${holder ?? "a program that nobody here can name"}.`,
            why: `the ${part} can't start`,
            cure: `igs start --${part}-port ${port + 1}`,
            hint: stopHint(holder, port),
          }),
        ),
      facts
        .map(
          ({ part, port, state }) => `${port} ${state === "ours" ? `is the ${part}'s` : "is free"}`,
        )
        .join(", "),
    );
  },
});

function stopHint(holder: string | null, port: number): string {
  const pid = /pid ([0-9]+)/.exec(holder ?? "")?.[1];
  return pid === undefined
    ? `Or stop it: \`sudo lsof -nP -iTCP:${port} -sTCP:LISTEN\` names it.`
    : `Or stop it, if you know it: \`kill ${pid}\`.`;
}

interface PortLook {
  readonly part: PortFacts["part"];
  readonly host: string;
  readonly port: number;
  readonly isOurs: boolean;
}

async function lookAtPort({ part, host, port, isOurs }: PortLook): Promise<PortFacts> {
  if (isOurs) return { part, port, state: "ours", holder: null };
  if (canListen(host, port)) return { part, port, state: "free", holder: null };
  return { part, port, state: "taken", holder: await findListener(port) };
}
