import { describe, expect, test } from "bun:test";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as apps from "kubernetes-models/apps/v1";
import * as autoscaling from "kubernetes-models/autoscaling/v2";
import * as networking from "kubernetes-models/networking.k8s.io/v1";
import * as policy from "kubernetes-models/policy/v1";
import * as core from "kubernetes-models/v1";
import { root } from "../repository-copy.ts";
import { findManifestProblems } from "./kubernetes-rules.ts";
import {
  listFiles,
  loadDocuments,
  type Mapping,
  parseDocuments,
  pick,
  pickList,
  pickText,
} from "./yaml-file.ts";

const all = await loadDocuments("infra/k8s/**/*.yaml");
const manifests = all.filter(({ content }) => pickText(content, "kind") !== "Kustomization");
const hasKubectl = Bun.which("kubectl") !== null;

const find = (file: string, kind: string): Mapping => {
  const found = manifests.find((one) => one.file === file && one.content["kind"] === kind);
  if (!found) throw new Error(`${file} has no ${kind}`);
  return structuredClone(found.content);
};
const server = () => find("infra/k8s/inngest.yaml", "StatefulSet");
const service = () => find("infra/k8s/inngest.yaml", "Service");

interface Model {
  validate(): void;
}

/** The schemas that manifests here may have, by `apiVersion`. */
const SCHEMAS: Readonly<Record<string, object>> = {
  "apps/v1": apps,
  "autoscaling/v2": autoscaling,
  "networking.k8s.io/v1": networking,
  "policy/v1": policy,
  v1: core,
};

/** Throws with what breaks the schema of the manifest's version and kind. */
function validate(manifest: Mapping): void {
  const version = pickText(manifest, "apiVersion");
  const kind = pickText(manifest, "kind");
  // A module of the library is its kinds, each a class of this shape.
  const kinds = SCHEMAS[version] as Record<string, new (data: Mapping) => Model> | undefined;
  const Kind = kinds?.[kind];
  if (!Kind) throw new Error(`there is no ${version} ${kind}`);
  new Kind(manifest).validate();
}

/** What the compiler says of manifests as values of their types: it alone minds fields that there aren't. */
async function checkTypes(all: readonly Mapping[]): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "system-bus-manifests-")));
  const lines = all.map((manifest, index) => {
    const path = `kubernetes-models/${pickText(manifest, "apiVersion")}`;
    const type = `I${pickText(manifest, "kind")}`;
    return `import type { ${type} as T${index} } from "${path}";\nexport const m${index}: T${index} = ${JSON.stringify(manifest)};`;
  });
  const compilerOptions = {
    module: "preserve",
    moduleResolution: "bundler",
    target: "esnext",
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { "kubernetes-models/*": [join(root, "tests/node_modules/kubernetes-models/*")] },
  };
  try {
    await Bun.write(join(folder, "manifests.ts"), lines.join("\n"));
    await Bun.write(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["manifests.ts"] }),
    );
    const tsc = join(root, "node_modules/.bin/tsc");
    return await Bun.$`${tsc} --project ${folder}`.nothrow().quiet().text();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe("the manifests for Kubernetes", () => {
  test("are found", () => {
    expect(manifests.length).toBeGreaterThan(20);
  });

  for (const { file, content } of manifests) {
    test(`${file}: ${content["kind"]} ${pickText(content, "metadata", "name")} is as its schema and our rules say`, () => {
      validate(content);
      expect(findManifestProblems(content)).toEqual([]);
    });
  }

  test("have no field that there isn't", async () => {
    expect(await checkTypes(manifests.map(({ content }) => content))).toBe("");
    const misspelt = server();
    Object.assign(pick(misspelt, "spec", "template", "spec", "containers", 0) as object, {
      livenesProbe: {},
    });
    expect(await checkTypes([misspelt])).toContain("livenesProbe");
  }, 60_000);

  test.each([
    ["replicas are no number", (m: Mapping) => set(m, "one", "spec", "replicas")],
    ["there is no selector", (m: Mapping) => set(m, undefined, "spec", "selector")],
  ])("the schema minds when %s", (_, spoil) => {
    const manifest = server();
    spoil(manifest);
    expect(() => validate(manifest)).toThrow();
  });
});

describe("our rules mind", () => {
  const POD = ["spec", "template", "spec"] as const;
  const CONTAINER = [...POD, "containers", 0] as const;

  test.each([
    ["a tag that moves", "inngest/inngest:latest", [...CONTAINER, "image"], "tag that moves"],
    ["no tag", "inngest/inngest", [...CONTAINER, "image"], "no tag"],
    ["root", undefined, [...POD, "securityContext", "runAsNonRoot"], "root"],
    ["service links", true, [...POD, "enableServiceLinks"], "variables of all Services"],
    ["a token", undefined, [...POD, "automountServiceAccountToken"], "token"],
    ["no liveness probe", undefined, [...CONTAINER, "livenessProbe"], "no livenessProbe"],
    ["no startup probe", undefined, [...CONTAINER, "startupProbe"], "no startupProbe"],
    ["no readiness probe", undefined, [...CONTAINER, "readinessProbe"], "no readinessProbe"],
    ["no bound", undefined, [...CONTAINER, "resources", "limits"], "no limit of memory"],
    ["capabilities", [], [...CONTAINER, "securityContext", "capabilities", "drop"], "capabilities"],
    ["state beside the claim", "/data", [...CONTAINER, "env", 0, "value"], "on no claim"],
    [
      "a key",
      [{ name: "INNGEST_SIGNING_KEY", value: "ab" }],
      [...CONTAINER, "env"],
      "INNGEST_SIGNING_KEY has its value",
    ],
    [
      "a password in an address",
      [{ name: "INNGEST_REDIS_URI", value: "redis://:hunter2@redis:6379" }],
      [...CONTAINER, "env"],
      "password in its address",
    ],
    ["another selector", { app: "other" }, ["spec", "selector", "matchLabels"], "other pods"],
  ] as const)("%s", (_, value, path, words) => {
    const manifest = server();
    set(manifest, value, ...path);
    expect(findManifestProblems(manifest).join()).toContain(words);
  });

  test.each([
    ["the program's name", "inngest", ["metadata", "name"], "INNGEST_PORT"],
    ["the seed's node port", 8288, ["spec", "ports", 0, "nodePort"], "nodePort 8288"],
    ["an open balancer", "LoadBalancer", ["spec", "type"], "open to the world"],
  ] as const)("a Service with %s", (_, value, path, words) => {
    const manifest = service();
    set(manifest, value, ...path);
    expect(findManifestProblems(manifest).join()).toContain(words);
  });

  test("a Secret in a file", () => {
    expect(findManifestProblems({ kind: "Secret", metadata: { name: "keys" } })).not.toEqual([]);
  });
});

describe("infra/k8s/scale", () => {
  const folder = "infra/k8s/scale";

  test("its kustomization names every file beside it", async () => {
    const [kustomization] = all.filter(({ content }) => content["kind"] === "Kustomization");
    const beside = (await listFiles(`${folder}/*.yaml`)).map((file) =>
      file.slice(folder.length + 1),
    );
    expect(pickList(kustomization?.content, "resources").toSorted()).toEqual(
      beside.filter((file) => file !== "kustomization.yaml"),
    );
  });

  test.skipIf(!hasKubectl)(
    "is what kubectl makes of it, in one namespace, and nothing is lost",
    async () => {
      const text = await Bun.$`kubectl kustomize ${join(root, folder)}`.quiet().text();
      const made = parseDocuments(text);
      const own = manifests.filter(({ file }) => file.startsWith(`${folder}/`));
      expect(made).toHaveLength(own.length);
      expect(made.flatMap(findManifestProblems)).toEqual([]);
      const places = made
        .filter(({ kind }) => kind !== "Namespace")
        .map((manifest) => pickText(manifest, "metadata", "namespace"));
      expect(new Set(places)).toEqual(new Set(["system-bus"]));
    },
  );

  test("the pipeline worker is one, with volumes, and never two while it is replaced", () => {
    const worker = find(`${folder}/pipeline-worker.yaml`, "StatefulSet");
    expect(pick(worker, "spec", "replicas")).toBe(1);
    const claims = pickList(worker, "spec", "volumeClaimTemplates");
    expect(claims.map((claim) => pickText(claim, "metadata", "name"))).toEqual(["data", "vault"]);
  });

  test("the autoscaler and the disruption budget are those of the stateless workers", () => {
    const file = `${folder}/stateless-worker.yaml`;
    const deployment = find(file, "Deployment");
    const name = pickText(deployment, "metadata", "name");
    expect(pick(deployment, "spec", "replicas")).toBeUndefined();
    const scaler = find(file, "HorizontalPodAutoscaler");
    expect(pick(scaler, "spec", "scaleTargetRef")).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      name,
    });
    const budget = find(file, "PodDisruptionBudget");
    expect(pick(budget, "spec", "selector")).toEqual(pick(deployment, "spec", "selector"));
    expect(Number(pick(budget, "spec", "minAvailable"))).toBeLessThan(
      Number(pick(scaler, "spec", "minReplicas")),
    );
  });

  test("nothing talks to anything that no policy names", () => {
    const policies = manifests.filter(({ content }) => content["kind"] === "NetworkPolicy");
    const byName = new Map(
      policies.map(({ content }) => [pickText(content, "metadata", "name"), content]),
    );
    expect(pick(byName.get("nothing-else"), "spec")).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    const workloads = manifests.filter(
      ({ file, content }) =>
        file.startsWith(`${folder}/`) && pick(content, "spec", "template") !== undefined,
    );
    for (const { content } of workloads) {
      const policy = byName.get(pickText(content, "metadata", "name"));
      expect(pick(policy, "spec", "podSelector")).toEqual(pick(content, "spec", "selector"));
    }
  });

  test("the server calls the workers where their Services are", () => {
    const services = manifests
      .filter(({ file, content }) => file.startsWith(folder) && content["kind"] === "Service")
      .map(
        ({ content }) =>
          `http://${pickText(content, "metadata", "name")}:${pick(content, "spec", "ports", 0, "port")}`,
      );
    const inngest = find(`${folder}/inngest.yaml`, "Deployment");
    const command = pickList(inngest, ...["spec", "template", "spec", "containers"], 0, "command");
    const called = command.filter((word) => String(word).startsWith("http://"));
    expect(called).toHaveLength(2);
    for (const url of called) expect(services).toContain(new URL(String(url)).origin);
  });
});

/** Undefined takes the field away. */
function set(manifest: Mapping, value: unknown, ...path: readonly (string | number)[]): void {
  const last = path.at(-1) ?? "";
  const holder = pick(manifest, ...path.slice(0, -1));
  if (typeof holder !== "object" || holder === null)
    throw new Error(`nothing at ${path.join(".")}`);
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else Reflect.set(holder, last, value);
}
