import type { Archive } from "@system-bus/settings";
import { z } from "zod";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, type Verdict, wellUnless } from "../verdict.ts";

/** `GET /examine/archive` of the worker. */
const ArchiveLookSchema = z.union([
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.enum(["folder", "ssh"]),
    place: z.string(),
    problem: z
      .object({
        kind: z.enum([
          ...(["refused", "no-folder", "no-space", "unreachable"] as const),
          ...(["unwritable", "not-mounted", "no-ssh"] as const),
        ]),
        said: z.string(),
      })
      .nullable(),
  }),
]);

type ArchiveLook = z.output<typeof ArchiveLookSchema>;
type ProblemKind = NonNullable<Extract<ArchiveLook, { place: string }>["problem"]>["kind"];

export interface ArchiveFacts {
  readonly archive: Archive;
  /** What the worker finds; null where there is nothing to find. */
  readonly look: ArchiveLook | null;
}

export const archive = createExamination<ArchiveFacts>({
  id: "archive",
  title: "the worker reaches the archive and may write there",
  isRemote: true,
  async look(scene, signal) {
    const { archive } = scene.connection().settings.video;
    if (archive.kind === "none") return { archive, look: null };
    return { archive, look: await scene.examineWorker("archive", ArchiveLookSchema, signal) };
  },
  decide({ archive, look }): Verdict {
    if (archive.kind === "none" || look === null) {
      return { kind: "unused", said: "ARCHIVE_TO names none" };
    }
    if (look.kind === "none") {
      const reason = "the worker was started without ARCHIVE_TO: start it again";
      return { kind: "unchecked", reason };
    }
    const { problem, place } = look;
    if (problem === null) return wellUnless([], place);
    const said = problem.said === "" ? "" : ` It says: ${problem.said.replaceAll("\n", " ")}`;
    return wellUnless(
      [
        fault({
          problem: `The archive ${place} ${WORDS[problem.kind]}.${said}`,
          why: "downloads fail at their transfer, and stay in the media folder",
          ...cureOf(archive, problem.kind),
        }),
      ],
      "",
    );
  },
});

const WORDS = {
  refused: "refuses the worker's key, or is not the machine that it was",
  "no-folder": "is not there",
  "no-space": "is full",
  unreachable: "does not answer",
  unwritable: "can't be written by the worker",
  "not-mounted": "is a bare folder: no drive is mounted there",
  "no-ssh": "needs ssh, which the worker does not find",
} as const satisfies Record<ProblemKind, string>;

interface Cure {
  readonly cure: string;
  readonly hint?: string;
}

function cureOf(archive: Exclude<Archive, { kind: "none" }>, problem: ProblemKind): Cure {
  const folder = shellWord(archive.path);
  if (archive.kind === "folder") {
    if (problem === "unwritable") return { cure: `ls -ld ${folder}` };
    const hint = `Mount the drive, or make ${archive.path}: the bus never makes it.`;
    return { cure: `df -h ${folder}`, hint };
  }
  const ssh = sshCommand(archive);
  switch (problem) {
    case "no-ssh":
      return { cure: "igs doctor programs" };
    case "no-folder":
      return { cure: `${ssh} mkdir -p ${folder}`, hint: "If a drive is mounted there: mount it." };
    case "unwritable":
      return { cure: `${ssh} ls -ld ${folder}` };
    case "no-space":
      return { cure: `${ssh} df -h ${folder}` };
    default:
      return {
        cure: `${ssh} true`,
        hint: "It has to work without a question, for the worker's user. A daemon has no ssh-agent of yours: name the key in ~/.ssh/config (IdentityFile).",
      };
  }
}

function sshCommand({ user, host, port, sshConfig }: Extract<Archive, { kind: "ssh" }>): string {
  return [
    "ssh",
    ...(sshConfig === undefined ? [] : ["-F", shellWord(sshConfig)]),
    ...["-o", "BatchMode=yes", ...(port === undefined ? [] : ["-p", String(port)])],
    user === undefined ? host : `${user}@${host}`,
  ].join(" ");
}
