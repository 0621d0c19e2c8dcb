// What `igs setup` has to know of infra/k8s/inngest.yaml, read from the file itself: names are said once.

import { YAML } from "bun";
import { z } from "zod";
import type { InNamespace } from "./kubectl-client.ts";

export interface ManifestFacts {
  readonly statefulSet: InNamespace;
  /** Where the server takes its keys from; not in the manifest itself. */
  readonly secret: InNamespace;
  readonly nodePort: number;
}

const DocumentSchema = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().default("default") }),
});
const StatefulSetSchema = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({
            envFrom: z
              .array(z.object({ secretRef: z.object({ name: z.string() }).optional() }))
              .default([]),
            env: z
              .array(
                z.object({
                  valueFrom: z
                    .object({ secretKeyRef: z.object({ name: z.string() }).optional() })
                    .optional(),
                }),
              )
              .default([]),
          }),
        ),
      }),
    }),
  }),
});
const ServiceSchema = z.object({
  spec: z.object({ ports: z.array(z.object({ nodePort: z.number().optional() })) }),
});

export function readManifest(text: string): ManifestFacts {
  const documents = z.array(DocumentSchema).parse([YAML.parse(text)].flat().filter(Boolean));
  const statefulSet = documents.find(({ kind }) => kind === "StatefulSet");
  const nodePort = documents
    .filter(({ kind }) => kind === "Service")
    .flatMap((service) => ServiceSchema.parse(service).spec.ports)
    .find((port) => port.nodePort !== undefined)?.nodePort;
  const secret = statefulSet && findSecret(StatefulSetSchema.parse(statefulSet));
  if (statefulSet === undefined || nodePort === undefined || secret === undefined) {
    throw new Error("promised: the manifest has a StatefulSet, its Secret's name and a nodePort");
  }
  const { name, namespace } = statefulSet.metadata;
  return { statefulSet: { name, namespace }, secret: { name: secret, namespace }, nodePort };
}

function findSecret({ spec }: z.output<typeof StatefulSetSchema>): string | undefined {
  const { containers } = spec.template.spec;
  const names = containers.flatMap(({ envFrom, env }) => [
    ...envFrom.map(({ secretRef }) => secretRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
  ]);
  return names.find((name) => name !== undefined);
}
