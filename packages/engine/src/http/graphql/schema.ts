/**
 * What the SDK's public tests and Inngest's own tools ask `/v0/gql` for: protocol notes, section 1.10. Only
 * names are Inngest's; everything else that it can be asked is in `/api/v2`.
 */
export const SCHEMA_TEXT = `
  scalar ULID
  scalar Time
  "Any JSON object."
  scalar Map

  type Query {
    run(runID: String!): FunctionRun
    runTraceSpanOutputByID(outputID: String!): SpanOutput
    eventV2(id: ULID!): EventDetail
    events(query: EventsQuery!): [Event!]!
    stream(query: StreamQuery!): [StreamItem!]!
    apps: [App!]!
    "What the apps have now."
    functions: [RegisteredFunction!]!
  }

  type App {
    id: String!
    "The id that the app has in its code."
    externalID: String!
    name: String!
    url: String!
    framework: String!
    sdkLanguage: String!
    sdkVersion: String!
    functionCount: Int!
    functions: [RegisteredFunction!]!
  }

  type RegisteredFunction {
    id: String!
    name: String!
    slug: String!
    url: String!
    appName: String!
    triggers: [FunctionTrigger!]!
    isPaused: Boolean!
  }

  type FunctionTrigger {
    "EVENT or CRON."
    type: String!
    value: String!
    "The trigger's expression."
    condition: String
  }

  type FunctionRun {
    id: ULID!
    status: String!
    queuedAt: Time!
    startedAt: Time
    endedAt: Time
    function: Function!
    "The root of the run's spans. \`preview\` is accepted and changes nothing: traces are always whole."
    trace(preview: Boolean): RunTraceSpan
  }

  type Function {
    id: String!
    name: String!
    slug: String!
  }

  type RunTraceSpan {
    name: String!
    status: String!
    "Index, from 0, of the latest attempt."
    attempts: Int!
    stepID: String
    spanID: String!
    stepOp: String
    "As stepOp; FINALIZATION for what the function itself came to, USERLAND for a span of the app's own."
    stepType: String!
    "To be handed to runTraceSpanOutputByID; null while there is no output."
    outputID: String
    queuedAt: Time!
    startedAt: Time
    endedAt: Time
    "Milliseconds, once it has ended."
    duration: Int
    isRoot: Boolean!
    metadata: [SpanMetadata!]!
    childrenSpans: [RunTraceSpan!]!
  }

  type SpanMetadata {
    scope: String!
    kind: String!
    values: Map!
    updatedAt: Time!
  }

  type SpanOutput {
    "JSON text."
    input: String
    "JSON text."
    data: String
    error: SpanError
  }

  type SpanError {
    name: String!
    message: String!
    stack: String
    cause: Map
  }

  type EventDetail {
    id: ULID!
    name: String!
    "The sender's own id, or the engine's where none was given."
    idempotencyKey: String!
    "JSON text of the event."
    raw: String!
    receivedAt: Time!
    runs: [FunctionRun!]!
  }

  input EventsQuery {
    limit: Int = 100
  }

  type Event {
    id: ULID!
    name: String!
    "JSON text of the event's data."
    payload: String!
    createdAt: Time!
  }

  input StreamQuery {
    limit: Int = 100
    includeInternalEvents: Boolean = false
  }

  "An event and the runs it has started."
  type StreamItem {
    id: ULID!
    "The event's name."
    trigger: String!
    createdAt: Time!
    runs: [FunctionRun!]!
  }
`;
