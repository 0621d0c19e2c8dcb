import { isLoopback } from "@system-bus/settings";
import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import { createExamination } from "../examination.ts";
import { fault, NotSeen, type Trouble, type Verdict, wellUnless } from "../verdict.ts";

/** An Inngest server in a container that runs, as `docker inspect` tells it. */
export interface InngestContainer {
  readonly name: string;
  readonly isOnHostNetwork: boolean;
  /** Where it was told to find apps. */
  readonly sdkUrls: readonly string[];
  /** Names that it was given for addresses, as `name:address`. */
  readonly extraHosts: readonly string[];
  /** This machine, as seen from its network; null when it doesn't say. */
  readonly gateway: string | null;
}

export interface ContainerFacts {
  readonly platform: string;
  readonly containers: readonly InngestContainer[];
  readonly workerPort: number;
  /** What the worker is bound to. */
  readonly listensOn: string;
  /** Where the worker tells the engine to call it. */
  readonly workerUrl: string;
}

const DOCKER_MAX_MS = 6_000;

export const container = createExamination<ContainerFacts | null>({
  id: "container",
  title: "an Inngest server in a container reaches the worker",
  async look(scene, signal) {
    const { settings } = scene.connection();
    const { engine } = await scene.status();
    const env = { ...scene.env, PATH: scene.searchPath };
    if (engine.kind === "embedded" || Bun.which("docker", { PATH: scene.searchPath }) === null)
      return null;
    const options = { env, timeMaxMs: DOCKER_MAX_MS, signal };
    const listed = await scene.run(["docker", "ps", "--quiet"], options);
    if (listed?.exitCode !== 0)
      throw new NotSeen("docker is installed and its daemon does not answer");
    const ids = listed.stdout.split("\n").filter((id) => /^[0-9a-f]+$/.test(id));
    const told = ids.length === 0 ? null : await scene.run(["docker", "inspect", ...ids], options);
    const place = await scene.place();
    return {
      platform: scene.platform,
      containers: ids.length === 0 ? [] : readContainers(told?.stdout ?? ""),
      workerPort: settings.workerPort,
      listensOn: place?.listensOn ?? settings.host,
      workerUrl: place?.workerUrl ?? settings.workerUrl,
    };
  },
  decide(facts): Verdict {
    if (facts === null || facts.containers.length === 0) {
      return { kind: "unused", said: "no Inngest server runs in a container" };
    }
    return wellUnless(
      facts.containers.flatMap((one) => judge(one, facts)),
      facts.containers.map(({ name }) => name).join(", "),
    );
  },
});

const HOST_NAME = "host.docker.internal";
/** Of the network that Docker makes when it is installed. */
const DEFAULT_GATEWAY = "172.17.0.1";

const WHY = "the container can't call the worker, so no function runs";

function judge(one: InngestContainer, facts: ContainerFacts): readonly Trouble[] {
  // It sees the machine's own loopback.
  if (one.isOnHostNetwork) return [];
  const urls = one.sdkUrls.length > 0 ? one.sdkUrls : [facts.workerUrl];
  const lost = urls.find((url) => isLoopback(hostOf(url)));
  const own = lost === undefined ? [] : [tellOwnLoopback(one, facts, lost)];
  // Docker Desktop, OrbStack and Colima bring the name and lead it to the machine's loopback.
  return facts.platform === "linux" ? [...own, ...linuxTroubles(one, facts, urls)] : own;
}

function tellOwnLoopback(one: InngestContainer, facts: ContainerFacts, lost: string): Trouble {
  const origin = `http://${HOST_NAME}:${facts.workerPort}`;
  const right = `--sdk-url ${origin}/api/inngest`;
  if (one.sdkUrls.length === 0) {
    return fault({
      problem: `The worker tells the container ${one.name} to call ${lost}, which is the container itself.`,
      why: WHY,
      cure: `INNGEST_SERVE_ORIGIN=${origin} igs start`,
      hint: `Or start the container with ${right}.`,
    });
  }
  return fault({
    problem: `The container ${one.name} was told to find the worker at ${lost}, which is the container itself.`,
    why: WHY,
    cure: "igs start --engine docker",
    hint: `Remove it first (\`docker rm -f ${one.name}\`); or start your own anew with ${right}.`,
  });
}

function linuxTroubles(
  one: InngestContainer,
  { listensOn }: ContainerFacts,
  urls: readonly string[],
): readonly Trouble[] {
  const gateway = one.gateway ?? DEFAULT_GATEWAY;
  const hosts = urls.map(hostOf);
  const knowsName = one.extraHosts.some((host) => host.startsWith(`${HOST_NAME}:`));
  const nameless =
    hosts.includes(HOST_NAME) && !knowsName
      ? [
          fault({
            problem: `The container ${one.name} knows no ${HOST_NAME}: on Linux it has to be given.`,
            why: WHY,
            cure: "igs start --engine docker",
            hint: `Remove it first (\`docker rm -f ${one.name}\`); or start your own anew with --add-host ${HOST_NAME}:host-gateway.`,
          }),
        ]
      : [];
  // Any other name is that of a worker elsewhere, such as one in a container of its own.
  const callsThisMachine = hosts.includes(HOST_NAME) || hosts.includes(gateway);
  const unheard =
    callsThisMachine && isLoopback(listensOn)
      ? [
          fault({
            problem: `The worker listens on ${listensOn} only, and the container ${one.name} comes from another network.`,
            why: WHY,
            cure: `BUS_HOST=${gateway} igs start`,
            hint: "That is this machine as the container sees it. `igs start` checks signatures, so only the engine is heard.",
          }),
        ]
      : [];
  return [...nameless, ...unheard];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

/** `docker inspect`, as far as it is read. */
const InspectSchema = z.array(
  z.object({
    Name: z.string(),
    Path: z.string().default(""),
    Args: z.array(z.string()).nullish(),
    Config: z.object({ Image: z.string(), Env: z.array(z.string()).nullish() }),
    HostConfig: z.object({ NetworkMode: z.string(), ExtraHosts: z.array(z.string()).nullish() }),
    NetworkSettings: z.object({
      Networks: z.record(z.string(), z.object({ Gateway: z.string().nullish() })).nullish(),
    }),
  }),
);

function readContainers(text: string): readonly InngestContainer[] {
  const parsed = InspectSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new NotSeen("`docker inspect` answers what can't be read");
  return parsed.data.flatMap(({ Name, Path, Args, Config, HostConfig, NetworkSettings }) => {
    const argv = [Path, ...(Args ?? [])];
    const isInngest =
      /(^|\/)inngest([:@]|$)/.test(Config.Image) ||
      argv.some((word) => /(^|\/)inngest$/.test(word));
    if (!isInngest) return [];
    const gateways = Object.values(NetworkSettings.Networks ?? {}).map(({ Gateway }) => Gateway);
    return [
      {
        name: Name.replace(/^\//, ""),
        isOnHostNetwork: HostConfig.NetworkMode === "host",
        sdkUrls: readSdkUrls(argv, Config.Env ?? []),
        extraHosts: HostConfig.ExtraHosts ?? [],
        gateway: gateways.find((gateway) => gateway) ?? null,
      },
    ];
  });
}

/** `-u URL`, `--sdk-url URL` and `--sdk-url=URL`, as often as one likes; or INNGEST_SDK_URL, with commas. */
function readSdkUrls(argv: readonly string[], env: readonly string[]): readonly string[] {
  const fromArgs = argv.flatMap((word, index) => {
    const joined = /^(?:--sdk-url|-u)=(.+)$/.exec(word)?.[1];
    if (joined !== undefined) return joined.split(",");
    return word === "--sdk-url" || word === "-u" ? (argv[index + 1] ?? "").split(",") : [];
  });
  const fromEnv = env.flatMap((line) => /^INNGEST_SDK_URL=(.+)$/.exec(line)?.[1]?.split(",") ?? []);
  return [...fromArgs, ...fromEnv].map((url) => url.trim()).filter((url) => url !== "");
}
