/** The programs of others that the worker starts, and how a person gets them. */
export const externalPrograms = {
  "yt-dlp": {
    commands: ["yt-dlp"],
    purpose: "downloads videos",
    isNeeded: true,
    install: { apt: "sudo apt install yt-dlp", brew: "brew install yt-dlp" },
  },
  ffmpeg: {
    commands: ["ffmpeg"],
    purpose: "takes the sound out of videos",
    isNeeded: true,
    install: { apt: "sudo apt install ffmpeg", brew: "brew install ffmpeg" },
  },
  ffprobe: {
    commands: ["ffprobe"],
    purpose: "reads a video's length and title",
    isNeeded: false,
    install: { apt: "sudo apt install ffmpeg", brew: "brew install ffmpeg" },
  },
  "mlx-whisper": {
    commands: ["mlx_whisper"],
    purpose: "transcribes on Apple Silicon",
    isNeeded: false,
    install: { apt: null, brew: "brew install pipx && pipx install mlx-whisper" },
  },
  "whisper-cpp": {
    commands: ["whisper-cli", "whisper-cpp"],
    purpose: "transcribes on any machine",
    isNeeded: false,
    install: {
      apt: "build it from https://github.com/ggml-org/whisper.cpp",
      brew: "brew install whisper-cpp",
    },
  },
  "faster-whisper": {
    commands: ["whisper-ctranslate2"],
    purpose: "transcribes on any machine",
    isNeeded: false,
    install: {
      apt: "sudo apt install pipx && pipx install whisper-ctranslate2",
      brew: "brew install pipx && pipx install whisper-ctranslate2",
    },
  },
  pocketsphinx: {
    commands: ["pocketsphinx_continuous"],
    purpose: "transcribes English as a draft",
    isNeeded: false,
    install: { apt: "sudo apt install pocketsphinx pocketsphinx-en-us", brew: null },
  },
  rsync: {
    commands: ["rsync"],
    purpose: "copies videos to the archive",
    isNeeded: false,
    install: { apt: "sudo apt install rsync", brew: "brew install rsync" },
  },
  scp: {
    commands: ["scp"],
    purpose: "copies videos to the archive",
    isNeeded: false,
    install: { apt: "sudo apt install openssh-client", brew: "brew install openssh" },
  },
  ssh: {
    commands: ["ssh"],
    purpose: "checks what the archive has",
    isNeeded: false,
    install: { apt: "sudo apt install openssh-client", brew: "brew install openssh" },
  },
  git: {
    commands: ["git"],
    purpose: "keeps the work of coding loops",
    isNeeded: false,
    install: { apt: "sudo apt install git", brew: "brew install git" },
  },
  codex: {
    commands: ["codex"],
    purpose: "writes summaries",
    isNeeded: false,
    install: {
      apt: "npm install -g @openai/codex",
      brew: "npm install -g @openai/codex",
    },
  },
  claude: {
    commands: ["claude"],
    purpose: "writes summaries",
    isNeeded: false,
    install: {
      apt: "npm install -g @anthropic-ai/claude-code",
      brew: "npm install -g @anthropic-ai/claude-code",
    },
  },
  pi: {
    commands: ["pi"],
    purpose: "writes summaries with research",
    isNeeded: false,
    install: {
      apt: "npm install -g @mariozechner/pi-coding-agent",
      brew: "npm install -g @mariozechner/pi-coding-agent",
    },
  },
} as const satisfies Readonly<Record<string, ExternalProgram>>;

export interface ExternalProgram {
  /** Names of its executable, the usual one first. */
  readonly commands: readonly [string, ...string[]];
  readonly purpose: string;
  /** Without it no video becomes a note. */
  readonly isNeeded: boolean;
  /** What to type on Debian or Ubuntu, and on a Mac; null where there is no such way. */
  readonly install: { readonly apt: string | null; readonly brew: string | null };
}

export type ExternalProgramName = keyof typeof externalPrograms;

/** In the table's order. Its keys are the names, which the type of `Object.keys` forgets. */
export const externalProgramNames = Object.keys(externalPrograms) as readonly ExternalProgramName[];

/** "`sudo apt install x` or, on a Mac, `brew install x`". */
export function installWords(name: ExternalProgramName): string {
  const { apt, brew }: ExternalProgram["install"] = externalPrograms[name].install;
  const ways = [apt, brew].filter((way) => way !== null);
  if (apt === brew || ways.length === 1) return ways[0] ?? "";
  return `${apt} — on a Mac: ${brew}`;
}

/** Its executable in the folders of a PATH; null where it is not installed. */
export function findProgram(name: ExternalProgramName, searchPath: string): string | null {
  const { commands }: ExternalProgram = externalPrograms[name];
  for (const command of commands) {
    const found = Bun.which(command, { PATH: searchPath });
    if (found) return found;
  }
  return null;
}
