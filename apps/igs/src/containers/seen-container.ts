import { z } from "zod";
import { parseJson } from "../parse-json.ts";

/** A container as `docker container inspect` tells of it, as far as we read it. */
export interface SeenContainer {
  readonly id: string;
  readonly image: string;
  readonly isRunning: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Keys among them: never shown. */
  readonly env: ReadonlyMap<string, string>;
  /** What runs in it, after the image's entry point. */
  readonly command: readonly string[];
  /** Where the server's port is published on this machine; an empty address is all of them. */
  readonly published: readonly { readonly address: string; readonly port: number }[];
  /** `no`, `always`, `unless-stopped` or `on-failure`. */
  readonly restartPolicy: string;
  readonly extraHosts: readonly string[];
  readonly mounts: readonly { readonly name: string; readonly destination: string }[];
}

/** The port on which a server in a container of ours listens, whatever it is published as. */
export const PORT_INSIDE = 8288;

const ContainersSchema = z.tuple([
  z.object({
    Id: z.string(),
    State: z.object({ Running: z.boolean() }),
    Config: z.object({
      Image: z.string(),
      Env: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    }),
    HostConfig: z.object({
      PortBindings: z
        .record(
          z.string(),
          z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable(),
        )
        .nullish(),
      RestartPolicy: z.object({ Name: z.string() }).nullish(),
      ExtraHosts: z.array(z.string()).nullish(),
    }),
    Mounts: z.array(z.object({ Name: z.string().optional(), Destination: z.string() })).nullish(),
  }),
]);

/** Throws when Docker says something else than it is known to. */
export function readContainer(inspected: string): SeenContainer {
  const [{ Id, State, Config, HostConfig, Mounts }] = ContainersSchema.parse(parseJson(inspected));
  const bindings = HostConfig.PortBindings?.[`${PORT_INSIDE}/tcp`] ?? [];
  return {
    id: Id,
    image: Config.Image,
    isRunning: State.Running,
    labels: Config.Labels ?? {},
    env: new Map((Config.Env ?? []).map(readPair)),
    command: Config.Cmd ?? [],
    published: bindings.map(({ HostIp, HostPort }) => ({
      address: HostIp,
      port: Number(HostPort),
    })),
    restartPolicy: HostConfig.RestartPolicy?.Name || "no",
    extraHosts: HostConfig.ExtraHosts ?? [],
    mounts: (Mounts ?? []).map(({ Name, Destination }) => ({
      name: Name ?? "",
      destination: Destination,
    })),
  };
}

function readPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
