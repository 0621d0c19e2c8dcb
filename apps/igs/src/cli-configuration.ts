import type { PartialApplicationConfiguration } from "@stricli/core";

/** What igs and slog have in common as command lines. */
export function cliConfiguration(
  name: string,
  currentVersion: string,
): PartialApplicationConfiguration {
  return {
    name,
    versionInfo: { currentVersion },
    // `--from-step` on the command line is `fromStep` in code; after `--` all words are arguments.
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { useAliasInUsageLine: false, onlyRequiredInUsageLine: true },
  };
}
