// Who may import whom: the table of docs/architecture.md, held by `bun run check:imports`.
// tests/checks/imports.test.ts plants one violation of each rule and sees it caught, and counts the modules:
// dependency-cruiser cruises nothing, and says so to nobody, when it has no parser for TypeScript (here: @swc/core).

// swc's visitor, with which dependency-cruiser walks the syntax tree, knows no `using`.
const { Visitor } = require("@swc/core/Visitor.js");
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

const TESTS = "(\\.test|\\.testsuite)\\.tsx?$|^(tests|bench)/|/test/|/testing/";

/** One layer of the engine: it may import itself, the layers named, and packages from outside. */
const layer = (name, mayImport) => ({
  name: `engine-${name}-imports-only-${mayImport.join("-") || "itself"}`,
  comment:
    "Core decides, protocol speaks, store remembers, runtime moves, http listens; engine.ts wires.",
  severity: "error",
  from: { path: `^packages/engine/src/${name}/`, pathNot: TESTS },
  to: {
    path: "^packages/engine/src/",
    pathNot: `^packages/engine/src/(${[name, ...mayImport].join("|")})/`,
  },
});

module.exports = {
  forbidden: [
    layer("core", []),
    layer("protocol", ["core"]),
    layer("store", ["core"]),
    layer("runtime", ["core", "protocol"]),
    layer("http", ["core", "protocol", "runtime"]),
    {
      name: "engine-core-is-pure",
      comment: "No I/O, no database, no HTTP in core: what it needs comes in as values.",
      severity: "error",
      from: { path: "^packages/engine/src/core/", pathNot: TESTS },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(assert|util)$" },
    },
    {
      name: "engine-sql-only-in-store",
      comment: "The only SQL is in store/.",
      severity: "error",
      from: { path: "^packages/engine/src/", pathNot: `^packages/engine/src/store/|${TESTS}` },
      to: { path: "^bun:sqlite$" },
    },
    {
      name: "engine-stands-alone",
      comment: "The engine doesn't know our events, settings or pages: it serves any Inngest app.",
      severity: "error",
      from: { path: "^packages/engine/" },
      to: { path: "^(packages|apps)/(?!engine/)" },
    },
    {
      name: "worker-never-imports-the-engine",
      comment: "The worker runs unchanged against Inngest itself.",
      severity: "error",
      // Its tests may: "the real SDK against the engine in memory" is how functions are tested.
      from: { path: "^(apps/system-bus|packages/(?!engine/))", pathNot: TESTS },
      to: { path: "^packages/engine/" },
    },
    {
      name: "nothing-imports-an-app",
      comment: "Apps are the ends of the graph. Only tests/ puts several together.",
      severity: "error",
      from: { path: "^(apps|packages)/([^/]+)/" },
      to: { path: "^apps/", pathNot: "^$1/$2/" },
    },
    {
      name: "no-deep-imports",
      comment: "A package is imported by its name, through its `exports`; never by a path into it.",
      severity: "error",
      from: { path: "^(apps|packages|tests|bench)/([^/]+)/" },
      to: {
        path: "^(apps|packages)/",
        pathNot: [
          "^$1/$2/",
          "^(apps|packages)/[^/]+/src/(testing/)?index\\.ts$",
          // Named in `exports`: for small programs, to which the SDK is too much to load.
          "^packages/programs/src/bounded/run-bounded\\.ts$",
          "^packages/programs/src/processes/index\\.ts$",
        ],
      },
    },
    {
      name: "no-relative-path-into-another-package",
      comment: "Even to its index.ts: the dependency would be missing from package.json.",
      severity: "error",
      from: { path: "^(apps|packages|tests|bench)/([^/]+)/" },
      to: {
        path: "^(apps|packages)/",
        pathNot: "^$1/$2/",
        dependencyTypes: ["local"],
        dependencyTypesNot: ["aliased-workspace"],
      },
    },
    {
      name: "testing-only-from-tests",
      comment: "Virtual clocks and fakes never ship.",
      severity: "error",
      from: { pathNot: TESTS },
      to: { path: "/testing/" },
    },
    {
      name: "tests-are-not-imported",
      comment: "Something that production code needs doesn't belong into a test.",
      severity: "error",
      from: { pathNot: TESTS },
      to: { path: "\\.test\\.tsx?$|/test/" },
    },
    {
      name: "no-cycles",
      comment: "Two files that import each other are one file, or miss a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "everything-resolves",
      comment:
        "A package that package.json doesn't name, a path past `exports`, or a file that isn't there.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(node_modules|dist|\\.turbo)/" },
    builtInModules: { add: ["bun", "bun:sqlite", "bun:test", "bun:ffi", "bun:jsc"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["bun", "import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json"],
    },
  },
};
