export type PartName = "engine" | "worker";
