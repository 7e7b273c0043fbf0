import { stemOf } from "./word-forms.ts";

/** What part of a piece of software a task is about, in the order in which such parts are usually made. */
export const workAreas = [
  "foundation",
  "data",
  "core",
  "interface",
  "surface",
  "joint",
  "quality",
  "test",
  "document",
  "release",
  "operate",
] as const;

/** What part of a piece of software a task is about. */
export type WorkArea = (typeof workAreas)[number];

const areaWords: Readonly<Record<WorkArea, string>> = {
  foundation:
    "setup scaffold bootstrap initialize init initialise repository boilerplate skeleton environment toolchain",
  data: "schema database migration table entity storage orm persistence seed types",
  core: "core engine parser logic algorithm auth authentication authorization middleware configuration",
  interface: "api endpoint service backend server route controller handler webhook client",
  surface: "ui frontend component page form dashboard layout screen view button widget navigation styling",
  joint: "integrate integration connect wire sync end-to-end",
  quality: "optimize optimise optimization performance accessibility security harden caching polish error logging",
  test: "test testing tests e2e unit coverage qa benchmark",
  document: "document documentation docs readme guide tutorial changelog",
  release: "deploy deployment release launch publish ci pipeline package production docker",
  operate: "monitor monitoring alerting maintain maintenance analytics observability",
};

const areaOfStem = new Map<string, WorkArea>();
for (const area of workAreas) {
  for (const word of areaWords[area].split(" ")) if (!areaOfStem.has(stemOf(word))) areaOfStem.set(stemOf(word), area);
}

/** The part of software that a word points to. */
export function areaOf(stem: string): WorkArea | undefined {
  return areaOfStem.get(stem);
}
