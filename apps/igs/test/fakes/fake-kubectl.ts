// kubectl and a cluster of one node, as far as `igs setup` speaks to them: it knows those command lines that
// it is sent and refuses every other, writes each down, and keeps objects in a folder. A pod is a server
// (server-host.ts) on the nodePort; like a real one it waits for its Secret, and reads it when it starts.
//
//   <state>/cluster-is-down   the cluster doesn't answer

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { YAML } from "bun";
import type { ClientEnd } from "../../src/containers/run-client.ts";
import {
  type ClientCall,
  type ClientContext,
  callFake,
  type FakeClientOptions,
  fail,
} from "./fake-client.ts";
import type { ServerHost } from "./server-host.ts";

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly ports?: readonly { readonly nodePort?: number }[] };
}

interface Cluster {
  readonly objects: Readonly<Record<string, KubernetesObject>>;
  readonly pod: number | null;
}

/** In a virtual machine: no network of this machine has it. */
const NODES = {
  items: [{ status: { addresses: [{ type: "InternalIP", address: "10.255.0.2" }] } }],
};

export class FakeKubectl {
  readonly #options: FakeClientOptions;
  readonly #host: ServerHost;

  constructor(options: Omit<FakeClientOptions, "name"> & { readonly host: ServerHost }) {
    this.#options = { ...options, name: "kubectl" };
    this.#host = options.host;
  }

  call(call: ClientCall): Promise<ClientEnd> {
    return callFake(this.#options, call, (context) => this.#run(call, context));
  }

  async #run(call: ClientCall, { print, change }: ClientContext): Promise<void> {
    const { argv } = call;
    const [verb = "", what = "", name = ""] = argv;
    if (verb !== "config" && existsSync(join(this.#options.state, "cluster-is-down"))) {
      fail(
        "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
        1,
      );
    }
    switch (`${verb} ${what}`) {
      case "config current-context":
        return print("kind-test");
      case "version --request-timeout=10s":
        return print("Client Version: v1.32.0\nServer Version: v1.32.0");
      case "get nodes":
        return print(JSON.stringify(NODES));
      case "get secret":
        return print(JSON.stringify(this.#get("secret", name)));
      case "get statefulset":
        this.#get("statefulset", name);
        return print(this.#load().pod === null ? "" : "1");
      case "diff --filename":
        return this.#diff(call);
      case "create secret":
        return print(JSON.stringify(makeSecret(call), null, 4));
      case "apply --filename":
        return change(() => this.#apply(call));
      case "rollout restart":
        return change(() => this.#restart());
      case "rollout status":
        if (this.#load().pod === null) fail("error: timed out waiting for the condition", 1);
        return print("partitioned roll out complete: 1 new pods have been updated...");
      default:
        fail(`error: unknown command "${verb}" for "kubectl"`, 1);
    }
  }

  #file(): string {
    return join(this.#options.state, "cluster.json");
  }

  #load(): Cluster {
    if (!existsSync(this.#file())) return { objects: {}, pod: null };
    // Written by this fake.
    return JSON.parse(readFileSync(this.#file(), "utf8")) as Cluster;
  }

  #save(cluster: Cluster): void {
    writeFileSync(this.#file(), JSON.stringify(cluster));
  }

  #get(kind: string, name: string): KubernetesObject {
    const object = this.#load().objects[`${kind}/${name}`];
    return object ?? fail(`Error from server (NotFound): ${kind}s "${name}" not found`, 1);
  }

  #diff(call: ClientCall): void {
    const { objects } = this.#load();
    const isSame = readObjects(call).every(
      (object) => JSON.stringify(objects[keyOf(object)]) === JSON.stringify(object),
    );
    if (!isSame) fail("", 1);
  }

  async #apply(call: ClientCall): Promise<void> {
    const cluster = this.#load();
    const applied = readObjects(call).map((object) => [keyOf(object), object] as const);
    this.#save({ ...cluster, objects: { ...cluster.objects, ...Object.fromEntries(applied) } });
    await this.#startPod();
  }

  /** As the kubelet does, once everything that the pod needs is there. */
  async #startPod(): Promise<void> {
    const { objects, pod } = this.#load();
    const secret = objects["secret/inngest-keys"];
    const nodePort = objects["service/inngest-svc"]?.spec?.ports?.[0]?.nodePort;
    const isWanted = objects["statefulset/inngest"] !== undefined && nodePort !== undefined;
    if (!isWanted || secret === undefined || pod !== null) return;
    const keys = Object.entries(secret.data ?? {}).map(([name, value]) => [name, atob(value)]);
    const wish = { port: nodePort, mount: "", env: Object.fromEntries(keys) };
    const started = await this.#host.start(wish);
    this.#save({ ...this.#load(), pod: started });
  }

  async #restart(): Promise<void> {
    const { pod, objects } = this.#load();
    if (pod !== null) await this.#host.stop(pod);
    this.#save({ objects, pod: null });
    await this.#startPod();
  }
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

function flagOf({ argv }: ClientCall, name: string): string {
  return argv[argv.indexOf(name) + 1] ?? fail(`error: flag needs an argument: ${name}`, 1);
}

function readObjects(call: ClientCall): readonly KubernetesObject[] {
  const name = flagOf(call, "--filename");
  const text = name === "-" ? call.input : readFileSync(name, "utf8");
  // What the tests give it.
  return [YAML.parse(text)].flat().filter(Boolean) as KubernetesObject[];
}

function makeSecret(call: ClientCall) {
  const lines = call.input.split("\n").filter((line) => line.includes("="));
  const data = lines.map((line) => {
    const [key = "", value = ""] = line.split(/=(.*)/s, 2);
    return [key, btoa(value)];
  });
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: call.argv[3], namespace: flagOf(call, "--namespace") },
    data: Object.fromEntries(data),
  };
}
