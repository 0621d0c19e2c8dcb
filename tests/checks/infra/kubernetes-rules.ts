// What each manifest for Kubernetes has to be, beside what its schema says.

import { findImageProblems, findSecretProblems } from "./common-rules.ts";
import { type Mapping, pick, pickList, pickText } from "./yaml-file.ts";

const WORKLOADS: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);
const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;
const NODE_PORT_MIN = 30_000;
const NODE_PORT_MAX = 32_767;

export function findManifestProblems(manifest: Mapping): string[] {
  const kind = pickText(manifest, "kind");
  const name = `${kind} ${pickText(manifest, "metadata", "name")}`;
  const problems = WORKLOADS.has(kind)
    ? findWorkloadProblems(manifest)
    : kind === "Service"
      ? findServiceProblems(manifest)
      : kind === "Secret"
        ? ["a Secret is the person's to make"]
        : [];
  return problems.map((problem) => `${name}: ${problem}`);
}

function findServiceProblems(service: Mapping): string[] {
  const problems: string[] = [];
  if (pickText(service, "metadata", "name") === "inngest") {
    problems.push("is called like the program, which then reads INNGEST_PORT=tcp://…");
  }
  if (pickText(service, "spec", "type") === "LoadBalancer") problems.push("is open to the world");
  for (const port of pickList(service, "spec", "ports")) {
    const nodePort = pick(port, "nodePort");
    if (typeof nodePort !== "number") continue;
    if (nodePort < NODE_PORT_MIN || nodePort > NODE_PORT_MAX) {
      problems.push(`nodePort ${nodePort} is outside of what clusters give out`);
    }
  }
  return problems;
}

function findWorkloadProblems(workload: Mapping): string[] {
  const pod = pick(workload, "spec", "template", "spec");
  const labels = JSON.stringify(pick(workload, "spec", "template", "metadata", "labels"));
  const selector = JSON.stringify(pick(workload, "spec", "selector", "matchLabels"));
  const wanted: readonly (readonly [boolean, string])[] = [
    [labels === selector, "selects other pods than its own"],
    [pick(pod, "enableServiceLinks") === false, "gets variables of all Services"],
    [pick(pod, "automountServiceAccountToken") === false, "gets a token of the cluster"],
    [pick(pod, "securityContext", "runAsNonRoot") === true, "may run as root"],
    [typeof pick(pod, "securityContext", "runAsUser") === "number", "has no user"],
    [pickText(pod, "securityContext", "seccompProfile", "type") !== "", "has no seccomp profile"],
    [pickList(pod, "containers").length > 0, "has no containers"],
  ];
  return [
    ...wanted.flatMap(([isMet, problem]) => (isMet ? [] : [problem])),
    ...pickList(pod, "containers").flatMap(findContainerProblems),
    ...findStateProblems(workload),
  ];
}

function findContainerProblems(container: unknown): string[] {
  const security = pick(container, "securityContext");
  const wanted: readonly (readonly [boolean, string])[] = [
    ...PROBES.map((probe) => [pick(container, probe) !== undefined, `has no ${probe}`] as const),
    [pick(security, "allowPrivilegeEscalation") === false, "may get more rights"],
    [pick(security, "readOnlyRootFilesystem") === true, "may write to its image"],
    [pickList(security, "capabilities", "drop").includes("ALL"), "keeps capabilities"],
    [pick(container, "resources", "requests", "memory") !== undefined, "asks for no memory"],
    [pick(container, "resources", "requests", "cpu") !== undefined, "asks for no processor"],
    [pick(container, "resources", "limits", "memory") !== undefined, "has no limit of memory"],
  ];
  return [
    ...wanted.flatMap(([isMet, problem]) => (isMet ? [] : [problem])),
    ...findImageProblems(pickText(container, "image")),
    ...pickList(container, "env").flatMap((entry) =>
      findSecretProblems(pickText(entry, "name"), pickText(entry, "value")),
    ),
  ];
}

/** Where the state is said to lie, a claim has to be mounted. */
function findStateProblems(workload: Mapping): string[] {
  const claims = pickList(workload, "spec", "volumeClaimTemplates").map((claim) =>
    pickText(claim, "metadata", "name"),
  );
  return pickList(workload, "spec", "template", "spec", "containers").flatMap((container) => {
    const folder = pickList(container, "env")
      .filter((entry) => pickText(entry, "name") === "INNGEST_SQLITE_DIR")
      .map((entry) => pickText(entry, "value"))[0];
    if (folder === undefined) return [];
    const isKept = pickList(container, "volumeMounts").some(
      (mount) =>
        claims.includes(pickText(mount, "name")) && isWithin(folder, pickText(mount, "mountPath")),
    );
    return isKept ? [] : [`INNGEST_SQLITE_DIR ${folder} is on no claim`];
  });
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
