// #sample middleware
import { dependencyInjectionMiddleware, Inngest, Middleware } from "inngest";

/** A class instead of `new InngestMiddleware({ init() … })`: one is made for each request. */
class Journal extends Middleware.BaseMiddleware {
  readonly id = "journal";
  static readonly lines: string[] = [];

  // onFunctionRun → transformInput
  override transformFunctionInput(arg: Middleware.TransformFunctionInputArgs) {
    return { ...arg, ctx: { ...arg.ctx, source: "journal" } };
  }

  // onFunctionRun → beforeExecution, afterExecution and transformOutput, around the step's work
  override async wrapStepHandler({ next, stepInfo }: Middleware.WrapStepHandlerArgs) {
    const result = await next();
    Journal.lines.push(`step ${stepInfo.options.id}`);
    return result;
  }

  // onFunctionRun → finished
  override onRunComplete({ output }: Middleware.OnRunCompleteArgs) {
    Journal.lines.push(`run ${JSON.stringify(output)}`);
  }

  // onSendEvent → transformInput
  override transformSendEvent(arg: Middleware.TransformSendEventArgs) {
    return { ...arg, events: arg.events.map((event) => ({ ...event, v: "2" })) };
  }
}

export const inngest = new Inngest({
  id: "with-middleware",
  isDev: true,
  baseUrl: process.env.INNGEST_BASE_URL ?? "http://localhost:8288",
  middleware: [Journal, dependencyInjectionMiddleware({ greeting: "hello" })],
});

export const journaled = inngest.createFunction(
  { id: "journaled", triggers: [{ event: "middleware/start" }] },
  async ({ greeting, step }) => {
    await step.sendEvent("tell", { name: "middleware/told", data: {} });
    return step.run("greet", async () => greeting);
  },
);
// #end

export const journal = Journal.lines;
