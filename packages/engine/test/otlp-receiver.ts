// A receiver of OTLP/HTTP that is strict about what it takes: the JSON encoding of
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, with nothing that it doesn't know.

import { z } from "zod";

const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${digits}}$`))
    .refine((id) => !/^0+$/.test(id));
const nanoseconds = z.string().regex(/^[1-9]\d{18}$/);

const AnyValue: z.ZodType<unknown> = z.lazy(() =>
  z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ boolValue: z.boolean() }),
    z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ arrayValue: z.strictObject({ values: z.array(AnyValue) }) }),
  ]),
);

const Attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: AnyValue }))
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, "a key comes twice");

const Span = z
  .strictObject({
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: hex(16).optional(),
    name: z.string(),
    kind: z.number().int().min(0).max(5),
    startTimeUnixNano: nanoseconds,
    endTimeUnixNano: nanoseconds,
    attributes: Attributes,
    events: z
      .array(
        z.strictObject({ timeUnixNano: nanoseconds, name: z.string(), attributes: Attributes }),
      )
      .optional(),
    links: z
      .array(z.strictObject({ traceId: hex(32), spanId: hex(16), attributes: Attributes }))
      .optional(),
    status: z.strictObject({
      code: z.number().int().min(0).max(2),
      message: z.string().optional(),
    }),
  })
  .refine(({ startTimeUnixNano: start, endTimeUnixNano: end }) => BigInt(start) <= BigInt(end));

const Request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(Span),
        }),
      ),
    }),
  ),
});

export type ReceivedSpan = z.output<typeof Span>;

export function parseOtlp(body: string): z.output<typeof Request> {
  return Request.parse(JSON.parse(body));
}

/** An attribute's value, whatever its kind; undefined where there is none. */
export function attributeOf(
  { attributes }: Pick<ReceivedSpan, "attributes">,
  key: string,
): unknown {
  const value = attributes.find((one) => one.key === key)?.value;
  return value === undefined ? undefined : Object.values(value as object)[0];
}

export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly requests: { readonly url: string; readonly headers: Headers; readonly body: string }[] =
    [];
  /** Answers in the place of the next requests, in order; then all are taken. */
  readonly answers: (() => Response | Promise<Response>)[] = [];
  /** Answers instead of taking, by what the request holds. */
  refuse: (body: string) => Response | null = () => null;

  readonly receive = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const isCompressed = headers.get("content-encoding") === "gzip";
    const body = isCompressed
      ? Buffer.from(Bun.gunzipSync(init.body as Uint8Array<ArrayBuffer>)).toString()
      : String(init.body);
    this.requests.push({ url, headers, body });
    const answer = this.answers.shift();
    if (answer) return answer();
    const refusal = this.refuse(body);
    if (refusal) return refusal;
    const { resourceSpans } = parseOtlp(body);
    for (const { scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    return Response.json({});
  };

  /** How often each trace's root came. */
  get rootCounts(): readonly number[] {
    const roots = this.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    return [...Map.groupBy(roots, ({ traceId }) => traceId).values()].map(({ length }) => length);
  }
}
