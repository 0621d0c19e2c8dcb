import { describe, expect, test } from "bun:test";
import { describeSettings, readSettings } from "./index.ts";

const read = (env: Record<string, string>) => readSettings({ env, home: "/home/someone" });
const BASE = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
const exportOf = (env: Record<string, string>) => read({ ...BASE, ...env }).traceExport;

describe("traces are exported", () => {
  test("nowhere, as long as no address is set", () => {
    expect(read({ OTEL_SERVICE_NAME: "bus" }).traceExport).toBeUndefined();
  });

  test("to the path for traces at the general address, with OpenTelemetry's defaults", () => {
    expect(exportOf({})).toEqual({
      url: "http://127.0.0.1:4318/v1/traces",
      headers: {},
      timeoutMs: 10_000,
      isCompressed: false,
      serviceName: "system-bus",
      resourceAttributes: {},
      withPayloads: false,
    });
  });

  test("below the path of the general address, with or without a slash at its end", () => {
    for (const base of ["https://otlp.example/otlp", "https://otlp.example/otlp/"]) {
      expect(exportOf({ OTEL_EXPORTER_OTLP_ENDPOINT: base })?.url).toBe(
        "https://otlp.example/otlp/v1/traces",
      );
    }
  });

  test("to the address for traces as it is, and with what is said of traces", () => {
    expect(
      exportOf({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://tempo:4318/custom",
        OTEL_EXPORTER_OTLP_HEADERS: "a=1",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer%20x%2Cy, x-tenant = home ",
        OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "2000",
        OTEL_EXPORTER_OTLP_COMPRESSION: "none",
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip",
        OTEL_RESOURCE_ATTRIBUTES: "service.name=other,host.name=home%20server",
        BUS_TRACE_PAYLOADS: "1",
      }),
    ).toEqual({
      url: "http://tempo:4318/custom",
      headers: { authorization: "Bearer x,y", "x-tenant": "home" },
      timeoutMs: 2_000,
      isCompressed: true,
      serviceName: "other",
      resourceAttributes: { "host.name": "home server" },
      withPayloads: true,
    });
  });

  test("under OTEL_SERVICE_NAME before the attribute", () => {
    const env = { OTEL_SERVICE_NAME: "bus", OTEL_RESOURCE_ATTRIBUTES: "service.name=other" };
    expect(exportOf(env)?.serviceName).toBe("bus");
  });

  test.each([
    { OTEL_SDK_DISABLED: "true" },
    { OTEL_TRACES_EXPORTER: "none" },
    { OTEL_TRACES_EXPORTER: "zipkin" },
  ])("nowhere when the variables say so: %p", (env) => {
    expect(exportOf(env)).toBeUndefined();
    expect(read({ ...BASE, ...env }).warnings).toEqual([]);
  });

  test("when otlp is one of several exporters", () => {
    expect(exportOf({ OTEL_TRACES_EXPORTER: "console, otlp" })).toBeDefined();
  });
});

describe("what other programs are told in the same variables", () => {
  test("stops nothing, and is said: gRPC, and an address that is none", () => {
    for (const env of [
      { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4317" },
    ]) {
      const settings = read({ ...BASE, ...env });
      expect(settings.traceExport).toBeUndefined();
      expect(settings.warnings).toHaveLength(1);
      expect(settings.warnings[0]).toContain(Object.keys(env)[0] ?? "");
    }
  });

  test("is said and passed over where a value makes no sense", () => {
    const env = {
      ...BASE,
      OTEL_EXPORTER_OTLP_TIMEOUT: "soon",
      OTEL_EXPORTER_OTLP_COMPRESSION: "zstd",
      OTEL_EXPORTER_OTLP_HEADERS: "sec ret=secret",
      OTEL_RESOURCE_ATTRIBUTES: "host",
    };
    const settings = read(env);
    expect(settings.traceExport).toMatchObject({
      timeoutMs: 10_000,
      isCompressed: false,
      headers: {},
    });
    expect(settings.warnings).toHaveLength(4);
    expect(settings.warnings.join()).not.toContain("secret");
  });

  test("http/protobuf is served with JSON, which is said", () => {
    const settings = read({ ...BASE, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" });
    expect(settings.traceExport).toBeDefined();
    expect(settings.warnings.join()).toContain("http/json");
  });
});

test("headers are secret: `igs config` shows their length alone", () => {
  const settings = read({ ...BASE, OTEL_EXPORTER_OTLP_HEADERS: "authorization=abc" });
  const shown = describeSettings(settings).find(
    ({ name }) => name === "OTEL_EXPORTER_OTLP_HEADERS",
  );
  expect(shown).toMatchObject({ isSecret: true, value: "(secret, 17 characters)" });
});
