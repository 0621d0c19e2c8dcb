// Kubernetes gives each container variables for every Service of its namespace: one that is called `inngest`
// makes INNGEST_PORT=tcp://…, which the program `inngest` reads as its port, and ends.

import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, NotSeen, type Verdict, wellUnless } from "../verdict.ts";

export interface KubernetesFacts {
  /** INNGEST_PORT of this process, when Kubernetes has made it. */
  readonly portVariable: string | null;
  /** Null where no cluster is in use. */
  readonly services: readonly { readonly name: string; readonly namespace: string }[] | null;
}

const KUBECTL_MAX_MS = 8_000;
const BINARY = "inngest";

export const kubernetes = createExamination<KubernetesFacts>({
  id: "kubernetes",
  title: "no Service of Kubernetes is called like the program it leads to",
  isRemote: true,
  async look(scene, signal) {
    const given = scene.env["INNGEST_PORT"] ?? "";
    const portVariable = given.startsWith("tcp://") ? given : null;
    const options = {
      env: { ...scene.env, PATH: scene.searchPath },
      timeMaxMs: KUBECTL_MAX_MS,
      signal,
    };
    const context = await scene.run(["kubectl", "config", "current-context"], options);
    if (context?.exitCode !== 0) return { portVariable, services: null };
    const listed = await scene.run(
      ["kubectl", "get", "services", "--all-namespaces", "--output=json", "--request-timeout=5s"],
      options,
    );
    if (listed?.exitCode === 0) return { portVariable, services: readServices(listed.stdout) };
    if (portVariable !== null) return { portVariable, services: null };
    const said = listed?.stderr.trim().split("\n").at(-1) ?? "no answer";
    throw new NotSeen(`the cluster ${context.stdout.trim()} can't be asked: ${said}`);
  },
  decide({ portVariable, services }): Verdict {
    const why = "its containers get INNGEST_PORT=tcp://…, take it for their port, and end";
    const named = (services ?? []).filter(({ name }) => name === BINARY);
    const troubles = [
      ...named.map(({ name, namespace }) =>
        fault({
          problem: `The Service ${name} in namespace ${namespace} is called like the program that it leads to.`,
          why,
          cure: `kubectl delete service ${name} --namespace ${shellWord(namespace)}`,
          hint: "After you have made the same one under the name inngest-svc.",
        }),
      ),
      ...(portVariable === null
        ? []
        : [
            fault({
              problem: `INNGEST_PORT is ${portVariable}, which is Kubernetes' word for a Service called inngest, and no port.`,
              why,
              cure: "kubectl get services --all-namespaces",
              hint: "Call that Service inngest-svc; or set enableServiceLinks: false in the pod.",
            }),
          ]),
    ];
    if (troubles.length === 0 && services === null) {
      return { kind: "unused", said: "kubectl has no cluster here" };
    }
    return wellUnless(troubles, `${services?.length ?? 0} Services`);
  },
});

const ServiceListSchema = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
});

function readServices(text: string): NonNullable<KubernetesFacts["services"]> {
  const parsed = ServiceListSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new NotSeen("`kubectl get services` answers what can't be read");
  return parsed.data.items.map(({ metadata }) => metadata);
}
