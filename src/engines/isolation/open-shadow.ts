import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import { sha256Hex } from "../../util/sha256.ts";
import type { WorkspacePlace } from "./check-workspace.ts";
import { claimName } from "./claim-name.ts";
import {
  readFileSettings,
  readUserSettings,
  renderAlternates,
  renderConfig,
  type TakenSettings,
} from "./shadow-settings.ts";

/** What is never recorded: this program's own files. */
const ALWAYS_IGNORED = [".parallelization/"];
/** What is not recorded of a folder that has no git and may have no ignore rules of its own. */
const IGNORED_WITHOUT_GIT = [
  "node_modules/",
  ".venv/",
  "venv/",
  "__pycache__/",
  "*.pyc",
  ".tox/",
  ".gradle/",
  ".DS_Store",
  "Thumbs.db",
];

/** What opening a shadow needs. */
export interface ShadowOpening {
  readonly place: WorkspacePlace;
  readonly files: Files;
  readonly git: Git;
  /** Folder in which this program keeps things. */
  readonly stateFolder: string;
  /** Where git looks for the user's `ignore` and `attributes` files. */
  readonly userGitConfigFolder: string;
}

type Opening = Omit<ShadowOpening, "stateFolder">;

/**
 * Opens the shadow repository of a work tree, making it where there is none, and brings its
 * settings, ignore rules and attributes up to the user's. Any number of processes may do so at once.
 */
export async function openShadow(opening: ShadowOpening): Promise<Shadow> {
  const { place } = opening;
  const key = await sha256Hex(`${place.objectFormat} ${place.workTree}`);
  return openShadowIn(`${opening.stateFolder}/shadows/${key.slice(0, 32)}`, opening);
}

/** The same in a folder of the caller's choice. */
export async function openShadowIn(folder: string, opening: Opening): Promise<Shadow> {
  const { place, files } = opening;
  const gitDir = `${folder}/shadow.git`;
  if ((await files.status(`${gitDir}/HEAD`)) === undefined) await makeShadow(folder, gitDir, opening);
  await refreshShadow(gitDir, opening);
  return { gitDir, workTree: place.workTree, prefix: place.prefix, userGitDir: place.userGitDir };
}

/** Makes the repository aside and moves it to its place, so that nobody ever sees half of it. */
async function makeShadow(folder: string, gitDir: string, { place, files, git }: Opening): Promise<void> {
  await files.makeFolder(folder);
  const claim = (number: number): string => `${folder}/making-${number}`;
  const number = await claimName(files, claim);
  const making = `${folder}/making-${number}.git`;
  try {
    // Leftovers of a process that was killed while it made a shadow.
    await files.removeTree(making);
    await files.makeFolder(making);
    await git.run(["init", "--quiet", "--bare", "--template=", `--object-format=${place.objectFormat}`, "--", making], {
      cwd: folder,
    });
    await files.makeFolder(`${making}/info`);
    await files.makeFolder(`${making}/objects/info`);
    await moveUnlessThere(files, making, gitDir);
  } finally {
    await files.removeTree(making);
    await files.removeFile(claim(number));
  }
}

async function moveUnlessThere(files: Files, from: string, to: string): Promise<void> {
  try {
    await files.move(from, to);
  } catch (error) {
    // Another process was faster; its shadow is as good as ours.
    if ((await files.status(`${to}/HEAD`)) === undefined) throw error;
  }
}

async function refreshShadow(gitDir: string, opening: Opening): Promise<void> {
  const { place, files } = opening;
  const taken = await settingsFor(gitDir, opening);
  const config = renderConfig({
    bare: true,
    objectFormat: place.objectFormat,
    taken,
    core: { excludesfile: `${gitDir}/info/user-ignore`, attributesfile: `${gitDir}/info/user-attributes` },
  });
  const write = (name: string, ...parts: readonly Uint8Array[]): Promise<void> =>
    writeIfChanged(files, `${gitDir}/${name}`, joinLines(parts));
  const userFile = (setting: string, fallback: string): Promise<Uint8Array> =>
    readUserFile({ setting, fallback, opening });
  const shared = async (name: string): Promise<Uint8Array> =>
    (place.commonGitDir === undefined ? undefined : await files.readBytes(`${place.commonGitDir}/${name}`)) ?? NOTHING;
  const ignored = place.userGitDir === undefined ? [...ALWAYS_IGNORED, ...IGNORED_WITHOUT_GIT] : ALWAYS_IGNORED;

  await write("config", bytesOf(config));
  await write("info/user-ignore", await userFile("core.excludesFile", "ignore"));
  await write("info/user-attributes", await userFile("core.attributesFile", "attributes"));
  await write("info/exclude", await shared("info/exclude"), bytesOf(ignored.join("\n")));
  await write("info/attributes", await shared("info/attributes"));
  await write("objects/info/alternates", bytesOf(renderAlternates(place.objectDirs)));
  const shallow = await shared("shallow");
  if (shallow.length > 0) await write("shallow", shallow);
  else await files.removeFile(`${gitDir}/shallow`);
}

async function settingsFor(gitDir: string, { place, git }: Opening): Promise<TakenSettings> {
  // What `git init` found out about the file system holds where the user's repository says nothing.
  const probed = await readFileSettings(git, `${gitDir}/config`);
  if (place.userGitDir === undefined) return new Map([...probed, ["core.autocrlf", "false"]]);
  const user = await readUserSettings(git, place.userGitDir);
  const filemode = probed.get("core.filemode");
  return filemode === undefined ? user : new Map([["core.filemode", filemode], ...user]);
}

async function readUserFile(request: {
  readonly setting: string;
  readonly fallback: string;
  readonly opening: Opening;
}): Promise<Uint8Array> {
  const { place, files, git, userGitConfigFolder } = request.opening;
  const scope = place.userGitDir === undefined ? {} : { gitDir: place.userGitDir };
  const answer = await git.run(["config", "-z", "--type=path", "--get", request.setting], {
    ...scope,
    cwd: place.workTree,
    userConfig: true,
    answers: [1],
  });
  const named = answer.text.replace(/\0$/, "");
  const isAbsolute = /^([A-Za-z]:)?[\\/]/.test(named);
  let path = `${userGitConfigFolder}/${request.fallback}`;
  if (named !== "") path = isAbsolute ? named : `${place.workTree}/${named}`;
  return (await files.readBytes(path)) ?? NOTHING;
}

const NOTHING = new Uint8Array();

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Puts files that consist of lines after each other; none runs into the next. */
function joinLines(parts: readonly Uint8Array[]): Uint8Array {
  const bytes: number[] = [];
  for (const part of parts) {
    for (const byte of part) bytes.push(byte);
    if (bytes.length > 0 && bytes.at(-1) !== 10) bytes.push(10);
  }
  return Uint8Array.from(bytes);
}

async function writeIfChanged(files: Files, path: string, content: Uint8Array): Promise<void> {
  const present = await files.readBytes(path);
  if (present && present.length === content.length && present.every((byte, index) => byte === content[index])) return;
  await files.writeAtomic(path, content);
}
