import type { AgentResultInput } from "../../schema/outcome.ts";
import { regionsOf, type ChangeInput, type Regions } from "./change-regions.ts";
import { isBinaryDiff } from "./diff-regions.ts";
import { normalisePath, refuseOutside } from "./normalise-path.ts";

/** What somebody did to one file. */
export interface Edit {
  readonly agentIds: readonly string[];
  readonly taskIds: readonly string[];
  /** `rename`: the file left this path for `target`; a file that arrives here is a `create` with a `source`. */
  readonly kind: "modify" | "create" | "delete" | "rename";
  readonly target: string | undefined;
  readonly source: string | undefined;
  /** Undefined when nobody knows where the file was touched. */
  readonly regions: Regions | undefined;
  /** The whole new file, where it is known. */
  readonly content: string | undefined;
  readonly binary: boolean;
}

/** Sorts what the results changed by path, every path in its one spelling. Refuses paths that lead out of the workspace. */
export function editsByFile(results: readonly AgentResultInput[]): Map<string, Edit[]> {
  const files = new Map<string, Edit[]>();
  const add = (file: string, edit: Edit): void => {
    const edits = files.get(file);
    if (edits) edits.push(edit);
    else files.set(file, [edit]);
  };
  results.forEach((result, index) => {
    const who = { agentIds: [result.agentId], taskIds: [result.taskId] };
    result.changes?.forEach((change, position) => {
      const { file: path, oldFile: oldPath } = change;
      const file = normalisePath(path) ?? refuseOutside(path, `agentResults[${index}].changes[${position}].file`);
      const oldFile = normaliseOld(oldPath, index, position);
      // Copies of everything that callers send in the one spelling already would only be thrown away.
      addChange(add, who, file === path && oldFile === oldPath ? change : { ...change, file, oldFile });
    });
    result.filesModified.forEach((path, position) => {
      const file = normalisePath(path) ?? refuseOutside(path, `agentResults[${index}].filesModified[${position}]`);
      // What this result says of the file in `changes` was added just before.
      if (files.get(file)?.at(-1)?.agentIds !== who.agentIds) add(file, plainEdit(who, "modify"));
    });
  });
  return files;
}

function normaliseOld(path: string | undefined, index: number, position: number): string | undefined {
  if (path === undefined) return undefined;
  return normalisePath(path) ?? refuseOutside(path, `agentResults[${index}].changes[${position}].oldFile`);
}

function addChange(
  add: (file: string, edit: Edit) => void,
  who: Pick<Edit, "agentIds" | "taskIds">,
  change: ChangeInput,
): void {
  const { file, oldFile, type = "modify" } = change;
  const moved = type === "rename" && oldFile !== undefined && oldFile !== file;
  const edit = plainEdit(who, type === "rename" ? "modify" : type, change);
  if (!moved) return add(file, edit);
  add(oldFile, { ...edit, kind: "rename", target: file });
  add(file, { ...edit, kind: "create", source: oldFile });
}

function plainEdit(who: Pick<Edit, "agentIds" | "taskIds">, kind: Edit["kind"], change?: ChangeInput): Edit {
  return {
    agentIds: who.agentIds,
    taskIds: who.taskIds,
    kind,
    target: undefined,
    source: undefined,
    regions: change && regionsOf(change, change.file),
    content: change?.content,
    binary: change?.binary ?? (change?.diff !== undefined && isBinaryDiff(change.diff)),
  };
}

/** Joins the edits of one file that come from the same agent or the same task: nobody conflicts with themselves. */
export function joinOwnEdits(edits: readonly Edit[]): readonly Edit[] {
  if (areAllDifferent(edits)) return edits;
  const joined: (Edit | undefined)[] = [];
  const ofAgent = new Map<string, number>();
  const ofTask = new Map<string, number>();
  for (const edit of edits) {
    const places = placesOf(edit, ofAgent, ofTask);
    const [first = joined.length] = places;
    let whole: Edit = edit;
    for (const place of places) {
      const former = joined[place];
      if (former) whole = followedBy(former, whole);
      joined[place] = undefined;
    }
    joined[first] = whole;
    for (const id of whole.agentIds) ofAgent.set(id, first);
    for (const id of whole.taskIds) ofTask.set(id, first);
  }
  return joined.filter((edit) => edit !== undefined);
}

function areAllDifferent(edits: readonly Edit[]): boolean {
  const agents = new Set<string>();
  const tasks = new Set<string>();
  for (const { agentIds, taskIds } of edits) {
    agents.add(agentIds[0] as string);
    tasks.add(taskIds[0] as string);
  }
  return agents.size === edits.length && tasks.size === edits.length;
}

function placesOf(
  edit: Edit,
  ofAgent: ReadonlyMap<string, number>,
  ofTask: ReadonlyMap<string, number>,
): readonly number[] {
  const places: number[] = [];
  const add = (place: number | undefined): void => {
    if (place !== undefined && !places.includes(place)) places.push(place);
  };
  for (const id of edit.agentIds) add(ofAgent.get(id));
  for (const id of edit.taskIds) add(ofTask.get(id));
  return places;
}

/** Two edits by the same hand, one after the other. */
function followedBy(former: Edit, later: Edit): Edit {
  const both = former.regions && later.regions ? [...former.regions.list, ...later.regions.list] : undefined;
  return {
    ...later,
    agentIds: [...new Set([...former.agentIds, ...later.agentIds])],
    taskIds: [...new Set([...former.taskIds, ...later.taskIds])],
    kind: former.kind === "create" && later.kind === "modify" ? "create" : later.kind,
    content: later.content ?? former.content,
    regions: both && { list: both.toSorted((left, right) => left.start - right.start), source: "range" },
  };
}
