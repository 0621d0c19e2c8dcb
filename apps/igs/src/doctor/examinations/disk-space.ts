import { tmpdir } from "node:os";
import { freeBytesAt } from "@system-bus/programs";
import { describeSize } from "../../upkeep/describe-size.ts";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, warning, wellUnless } from "../verdict.ts";

export interface DiskFacts {
  readonly mediaFolder: string;
  readonly places: readonly {
    readonly what: string;
    readonly path: string;
    readonly freeBytes: number;
    readonly use: string;
    /** With less than this nothing goes on. */
    readonly minBytes: number;
    /** With less than this it will not go on for long. */
    readonly enoughBytes: number;
  }[];
}

const MB = 1_000_000;
/** The worker calls a folder unusable below this. */
const FOLDER_MIN_BYTES = 200 * 1024 * 1024;
/** An hour of video in good quality. */
const VIDEO_BYTES = 2_000 * MB;

export const diskSpace = createExamination<DiskFacts>({
  id: "disk",
  title: "data, vault and temporary files have room",
  async look(scene) {
    const { folders, vault } = scene.connection().settings;
    const place = await scene.place();
    const isHere = place?.machine === scene.machine;
    const places = [
      {
        ...{
          what: "the data folder",
          path: folders.root,
          use: "the engine's database and downloads go there",
        },
        ...{ minBytes: FOLDER_MIN_BYTES, enoughBytes: VIDEO_BYTES },
      },
      {
        ...{ what: "the vault", path: vault, use: "notes and the system log go there" },
        ...{ minBytes: FOLDER_MIN_BYTES, enoughBytes: FOLDER_MIN_BYTES },
      },
      {
        ...{
          what: "the temporary folder",
          path: (isHere ? place?.temporaryFolder : undefined) ?? tmpdir(),
          use: "programs and agents write there",
        },
        ...{ minBytes: 50 * MB, enoughBytes: FOLDER_MIN_BYTES },
      },
    ];
    return {
      mediaFolder: folders.media,
      places: await Promise.all(
        places.map(async (one) => ({ ...one, freeBytes: await freeBytesAt(one.path) })),
      ),
    };
  },
  decide({ places, mediaFolder }) {
    const low = places.filter(({ freeBytes, enoughBytes }) => freeBytes < enoughBytes);
    return wellUnless(
      low.map(({ what, path, freeBytes, minBytes, enoughBytes, use }) => {
        const isFull = freeBytes < minBytes;
        const tell = isFull ? fault : warning;
        return tell({
          problem: `${describeSize(freeBytes)} are free for ${what}, ${path}, and ${describeSize(isFull ? minBytes : enoughBytes)} ought to be.`,
          why: `${use}${isFull ? "" : ": one long video may fill it"}`,
          cure: `du -sh ${shellWord(mediaFolder)}/*`,
          hint: "It shows the downloads that are kept; what is archived can go.",
        });
      }),
      places.map(({ what, freeBytes }) => `${describeSize(freeBytes)} for ${what}`).join(", "),
    );
  },
});
