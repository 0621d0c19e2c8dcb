import type { AppFunction, InngestApi } from "@system-bus/inngest-api";
import { CliError } from "./output/failure.ts";

export interface FunctionWords {
  /** Its id, alone or with the app's in front: `video-download`, `system-bus/video-download`. */
  readonly functionId: string;
  readonly appId?: string | undefined;
}

/** The one function that is meant; fails with those that could be. */
export async function findFunction(
  api: InngestApi,
  { functionId, appId }: FunctionWords,
): Promise<AppFunction> {
  const functions = await api.listFunctions();
  const matching = functions
    .filter((fn) => appId === undefined || fn.app.id === appId)
    .filter((fn) => [fn.id, `${fn.app.id}/${fn.id}`, `${fn.app.id}-${fn.id}`].includes(functionId));
  const [fn] = matching;
  if (!fn) {
    throw new CliError({
      code: "not-found",
      message: `No function "${functionId}" is registered${appId === undefined ? "" : ` by app "${appId}"`}.`,
      fix: "`igs functions` lists those that are.",
    });
  }
  if (matching.length > 1) {
    const apps = matching.map(({ app }) => app.id).join(", ");
    throw new CliError({
      code: "usage",
      message: `Several apps have a function "${functionId}": ${apps}.`,
      fix: `Say which one: --app ${fn.app.id}.`,
    });
  }
  return fn;
}
