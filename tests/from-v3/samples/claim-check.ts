import { inngest } from "./client.ts";

const folder = process.env.DOWNLOADS ?? "claims";

// #sample claim-check
export const transcribe = inngest.createFunction(
  { id: "transcribe", triggers: [{ event: "claims/transcribe" }], retries: 2 },
  async ({ runId, step }) => {
    // Named after the run, in a folder that a reboot doesn't empty: a repeated step replaces it.
    const transcriptPath = await step.run("transcribe", async () => {
      const path = `${folder}/${runId}.json`;
      await Bun.write(path, JSON.stringify({ text: "hello ".repeat(100_000) }));
      return path;
    });
    return step.run("create-vault-note", async () => {
      const { text }: { text: string } = await Bun.file(transcriptPath).json();
      return { characters: text.length };
    });
  },
);
// #end
