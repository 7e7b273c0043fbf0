/** The planted breaks as one result on top of another: what was built on a change and breaks against it, and what does not. */
import { builtOnMeaning, type Edits } from "./meaning-rig.ts";
import type { Planted } from "./planted-breaks.ts";

/** Results each of which was built on those before it, of which the last breaks against the first, or none does. */
export interface PlantedOnTop extends Pick<Planted, "rule" | "language" | "where" | "breaks"> {
  readonly says: string;
  readonly base: Readonly<Record<string, string>>;
  readonly chain: readonly Edits[];
}

const RULES: ReadonlySet<string> = new Set(["name-gone", "file-gone", "arity-changed"]);

/** What can be made of a break, or of its twin; nothing where both sides change one file, so that one replaces the other's. */
export function plantOnTop(planted: Planted): readonly PlantedOnTop[] {
  const { rule, language, where, left, right, breaks } = planted;
  const touched = new Set(Object.entries(left).flatMap(([path, edit]) => [path, ...sourceOf(edit)]));
  if (!RULES.has(rule) || Object.keys(right).some((path) => touched.has(path))) return [];
  const plants: PlantedOnTop[] = [];
  const plant = (says: string, isBreak: boolean, base: PlantedOnTop["base"], chain: readonly Edits[]): void => {
    plants.push({ rule, language, where, says, breaks: isBreak, base, chain });
  };
  if (!breaks) {
    plant("what is harmless side by side", false, planted.base, [left, right]);
    return plants;
  }
  const { base, moved, users } = withFormerUser(planted);
  const between = { "between.md": "Something else.\n" };
  plant("a use of what was taken away", true, base, [moved, right]);
  plant("a use after another one that has nothing to do with it", true, base, [moved, between, right]);
  const back = Object.fromEntries([...touched].flatMap((path) => (path in base ? [[path, base[path] ?? ""]] : [])));
  plant("a use with what it needs put back", false, base, [moved, { ...back, ...right }]);
  plant("the end of what was begun", false, base, [left, users]);
  plant("a use that one on top of it takes back", false, base, [moved, right, takenBack(planted)]);
  return plants;
}

/** What the rules prove of results each of which was built on those before it. */
export async function breaksOnTop({ base, chain }: PlantedOnTop): Promise<readonly string[]> {
  const found = await builtOnMeaning({ base, chain });
  return found.flatMap(({ descendant, ancestor, findings }) =>
    findings.map(({ rule }) => `${descendant} on ${ancestor}: ${rule}`),
  );
}

function sourceOf(edit: Edits[string]): readonly string[] {
  return typeof edit === "object" && edit !== null ? [edit.from] : [];
}

/** The same with somebody in the base who used what is taken away, and is taken along. */
function withFormerUser({ rule, base, left, right, declared }: Planted): {
  readonly base: PlantedOnTop["base"];
  readonly moved: Edits;
  readonly users: Edits;
} {
  const [using, text] = Object.entries(right).find(([, edit]) => typeof edit === "string") ?? [];
  // A call of the old kind that stays would say that the argument may be left out.
  if (using === undefined || typeof text !== "string" || rule === "arity-changed") {
    return { base, moved: left, users: { "between.md": "Something else.\n" } };
  }
  const former = using.replace(/\w+(?=\.\w+$)/, (stem) => `former_${stem}`);
  const stem = declared.path.slice(declared.path.lastIndexOf("/") + 1).replace(/\..*$/, "");
  const mended = text.replaceAll(declared.name, "renamedOne").replaceAll(stem, "renamedFile");
  return { base: { ...base, [former]: text }, moved: { ...left, [former]: mended }, users: { [former]: mended } };
}

function takenBack({ base, right }: Planted): Edits {
  return Object.fromEntries(Object.keys(right).map((path) => [path, base[path] ?? null]));
}
