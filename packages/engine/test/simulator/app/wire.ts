// The wire as the fake SDK sees it: protocol notes, sections 1.3 to 1.5 and 1.7.

export interface WireCall {
  readonly functionSlug: string;
  /** `step` for the function itself, else the hash of one planned step. */
  readonly stepId: string;
  readonly context: {
    readonly run_id: string;
    readonly fn_id?: string;
    /** The queue item. */
    readonly job_id: string;
    /** What a checkpoint names its call by. */
    readonly qi_id?: string;
    readonly generation_id?: number;
    readonly request_id?: string;
    readonly attempt: number;
    readonly max_attempts: number;
    readonly disable_immediate_execution: boolean;
    readonly stack: { readonly stack: readonly string[] };
  };
  readonly event: WireEvent;
  readonly steps: Readonly<Record<string, unknown>>;
  readonly usesApi: boolean;
}

export interface WireEvent {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly ts: number;
}

export interface WireOp {
  readonly id: string;
  readonly op: string;
  readonly name?: string;
  readonly displayName?: string;
  readonly opts?: Readonly<Record<string, unknown>>;
  readonly userland?: { readonly id: string };
  readonly data?: unknown;
  readonly error?: WireError;
  readonly timing?: { readonly a: number; readonly b: number };
}

export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly __serialized: true;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function readCall(url: string, body: string): WireCall {
  const { searchParams } = new URL(url);
  // The engine wrote it, in the shape of section 1.3 of the protocol notes.
  const parsed = JSON.parse(body) as {
    ctx: WireCall["context"];
    event: WireEvent;
    steps: Record<string, unknown>;
    use_api: boolean;
  };
  return {
    functionSlug: searchParams.get("fnId") ?? "",
    stepId: searchParams.get("stepId") ?? "",
    context: parsed.ctx,
    event: parsed.event,
    steps: parsed.steps,
    usesApi: parsed.use_api,
  };
}
