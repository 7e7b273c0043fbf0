import type { Git } from "../../ports/git.ts";

/**
 * The settings that decide how files become git objects and back. Only these are taken over from
 * the user: anything else in a configuration may run programs.
 */
const TAKEN_OVER = ["autocrlf", "eol", "filemode", "ignorecase", "symlinks", "precomposeunicode"] as const;
const QUERY = `^core\\.(${TAKEN_OVER.join("|")})$`;

/** Values of the settings that are taken over, by their lower-case names such as `core.autocrlf`. */
export type TakenSettings = ReadonlyMap<string, string>;

/** Reads the settings as they hold for a user's repository, their own configuration included. */
export async function readUserSettings(git: Git, gitDir: string): Promise<TakenSettings> {
  const answer = await git.run(["config", "-z", "--get-regexp", QUERY], { gitDir, userConfig: true, answers: [1] });
  return parseSettings(answer.text);
}

/** Reads the settings that one configuration file holds. */
export async function readFileSettings(git: Git, file: string): Promise<TakenSettings> {
  const answer = await git.run(["config", "-z", "--file", file, "--get-regexp", QUERY], { answers: [1] });
  return parseSettings(answer.text);
}

function parseSettings(text: string): TakenSettings {
  const settings = new Map<string, string>();
  for (const entry of text.split("\0")) {
    if (entry === "") continue;
    const end = entry.indexOf("\n");
    // A name without a value means true; the last of several values counts.
    if (end < 0) settings.set(entry.toLowerCase(), "true");
    else settings.set(entry.slice(0, end).toLowerCase(), entry.slice(end + 1));
  }
  return settings;
}

/** What a configuration file of ours says beside the settings taken over. */
export interface OwnSettings {
  readonly bare: boolean;
  readonly objectFormat: string;
  readonly taken: TakenSettings;
  /** Further settings of the section `core`. */
  readonly core?: Readonly<Record<string, string>>;
  /** Name and address for commits that an agent makes. */
  readonly user?: Readonly<Record<string, string>>;
}

/** Writes out a whole git configuration file. */
export function renderConfig(own: OwnSettings): string {
  const sha1 = own.objectFormat === "sha1";
  const core: Record<string, string> = {
    repositoryformatversion: sha1 ? "0" : "1",
    bare: String(own.bare),
    logallrefupdates: "false",
    safecrlf: "false",
    ...own.core,
  };
  for (const [name, value] of own.taken) core[name.slice("core.".length)] = value;
  const sections: [string, Readonly<Record<string, string>>][] = [
    ["core", core],
    ["gc", { auto: "0" }],
    ["maintenance", { auto: "false" }],
    ["commit", { gpgsign: "false" }],
  ];
  if (!sha1) sections.push(["extensions", { objectformat: own.objectFormat }]);
  if (own.user) sections.push(["user", own.user]);
  return sections.map(([name, values]) => renderSection(name, values)).join("");
}

function renderSection(name: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `\t${key} = ${quoteValue(value)}\n`);
  return `[${name}]\n${lines.join("")}`;
}

function quoteValue(value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${escaped}"`;
}

/** Writes out an `objects/info/alternates` file: one quoted folder a line. */
export function renderAlternates(objectDirs: readonly string[]): string {
  return objectDirs.map((folder) => `${quoteValue(folder)}\n`).join("");
}
