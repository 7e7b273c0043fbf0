/** The meaning of results that are given without a repository: joins their texts and the rules. */
import type { CodeReader } from "../../../ports/code-reader.ts";
import { languageOf, type CodeFacts } from "../../../schema/code-facts.ts";
import type { ConflictReport } from "../../../schema/conflict.ts";
import type { Problem } from "../../../schema/problem.ts";
import { ok, type Result } from "../../../util/result.ts";
import type { ChangeInput } from "../../conflicts/change-regions.ts";
import { detectConflicts, type ConflictQuestion } from "../../conflicts/detect.ts";
import { givenTexts, type GivenText, type GivenTexts } from "../../conflicts/given-texts.ts";
import { taskOrder } from "../../conflicts/task-order.ts";
import type { CodeTree } from "../../semantics/code-tree.ts";
import { describeFinding } from "../../semantics/rules/describe-finding.ts";
import { judgeSides, type IndexPair } from "../../semantics/rules/judge-sides.ts";
import { sidesWithSharedWords, type ChangedLines } from "../../semantics/rules/shared-words.ts";
import { textTree } from "../../semantics/text-tree.ts";
import { numberConflicts } from "../resolution/add-conflicts.ts";
import type { ConflictDraft } from "../../merging/pairs/describe-conflict.ts";

/** More files of code than this, in results that have a word or a path in common, are compared as text only. */
const MAX_CODE_FILES = 2_000;

/**
 * Finds where the results of different agents do not simply add up: their text, and what their code means as far as
 * whole files can be made out of contents and diffs. Refuses what `detectConflicts` refuses.
 */
export async function detectGivenConflicts(
  question: ConflictQuestion,
  reader: CodeReader,
): Promise<Result<ConflictReport, Problem>> {
  const found = detectConflicts(question);
  if (!found.ok) return found;
  const meaning = await meaningOf(question, found.value, reader);
  return ok(meaning.length === 0 ? found.value : joined(found.value, meaning));
}

function joined(report: ConflictReport, meaning: readonly ConflictDraft[]): ConflictReport {
  const { mergedResult, ...rest } = report;
  const added = numberConflicts(report, meaning);
  const proved = added.some(({ severity }) => severity !== "low");
  return {
    ...rest,
    hasConflicts: report.hasConflicts || proved,
    conflicts: [...report.conflicts, ...added],
    resolutionStrategy: proved && report.resolutionStrategy === "auto" ? "manual" : report.resolutionStrategy,
    ...(mergedResult && !proved ? { mergedResult } : {}),
  };
}

async function meaningOf(
  { agentResults, dependencyGraph }: ConflictQuestion,
  report: ConflictReport,
  reader: CodeReader,
): Promise<readonly ConflictDraft[]> {
  const involved = sidesWithSharedWords(agentResults.map(({ changes = [] }) => changes.flatMap(changedLines)));
  if (involved.size === 0) return [];
  const texts = givenTexts(agentResults);
  const all = texts.sides.flatMap((side, place) => (involved.has(place) ? side : []));
  const code = all.filter(({ path }) => languageOf(path) !== undefined);
  const readable = texts.sides.filter((side) =>
    side.some(({ before, after, kind }) => after ?? before ?? kind === "deleted"),
  );
  if (readable.length < 2 || code.length > MAX_CODE_FILES || all.every(({ after }) => after === undefined)) return [];
  const order = taskOrder(dependencyGraph);
  const clashing = new Set(
    report.conflicts.filter(({ severity }) => severity !== "low").flatMap(({ tasks }) => pairsOf(tasks)),
  );
  const read = textReader(reader);
  const sides = agentResults.map(({ agentId, taskId }, place) => {
    const changes = involved.has(place) ? (texts.sides[place] ?? []) : [];
    return { agentId, taskId, changes, tree: treeWith(texts, changes, read) };
  });
  const mergedTree = ([left, right]: IndexPair): CodeTree | undefined => {
    const [one, other] = [sides[left], sides[right]];
    if (!one || !other || one.agentId === other.agentId || one.taskId === other.taskId) return undefined;
    if (order.isOrdered(one.taskId, other.taskId) || clashing.has(pairKey(one.taskId, other.taskId))) return undefined;
    const theirs = new Set(other.changes.map(({ path }) => path));
    const changes = [...one.changes, ...other.changes].map((change) => {
      if (!theirs.has(change.path) || !one.changes.some(({ path }) => path === change.path)) return change;
      return { ...change, after: texts.merged(change.path, left, right) ?? undefined };
    });
    return treeWith(texts, changes, read);
  };
  const judged = await judgeSides({
    base: treeWith(texts, [], read),
    sides,
    merged: async (pairs) => pairs.map(mergedTree),
  });
  return judged.flatMap(({ left, right, findings }) => {
    const parties = [sides[left], sides[right]] as [(typeof sides)[number], (typeof sides)[number]];
    return findings.map((finding) => describeFinding(finding, parties));
  });
}

/** The lines a change names, without putting its files together. */
function changedLines(change: ChangeInput): readonly ChangedLines[] {
  const { file, oldFile, type, content, diff } = change;
  const lines = diff?.split("\n") ?? [];
  const marked = (mark: string): string[] =>
    lines.filter((line) => line.startsWith(mark) && !line.startsWith(mark.repeat(3))).map((line) => line.slice(1));
  const added = diff === undefined && type === "create" ? (content ?? "").split("\n") : marked("+");
  const here = { path: file, lost: marked("-"), added, gone: type === "delete" };
  return oldFile === undefined || oldFile === file
    ? [here]
    : [here, { path: oldFile, lost: [], added: [], gone: true }];
}

function pairsOf(tasks: readonly string[]): readonly string[] {
  return tasks.flatMap((one, place) => tasks.slice(place + 1).map((other) => pairKey(one, other)));
}

function pairKey(one: string, other: string): string {
  return JSON.stringify([one, other].toSorted());
}

type ReadText = (path: string, text: string) => Promise<CodeFacts | undefined>;

/** Asks for all texts that are wanted at one time in one go, and for none twice. */
function textReader(reader: CodeReader): ReadText {
  const known = new Map<string, Promise<CodeFacts | undefined>>();
  let waiting: { readonly language: CodeFacts["language"]; readonly text: string }[] = [];
  let asked: Promise<readonly (CodeFacts | undefined)[]> | undefined;
  return (path, text) => {
    const language = languageOf(path);
    if (language === undefined) return Promise.resolve(undefined);
    const key = `${language}\0${text}`;
    const before = known.get(key);
    if (before) return before;
    const place = waiting.push({ language, text }) - 1;
    asked ??= Promise.resolve().then(() => {
      const texts = waiting;
      [waiting, asked] = [[], undefined];
      return reader.read(texts);
    });
    const facts = asked.then((answers) => answers[place]);
    known.set(key, facts);
    return facts;
  };
}

/** The files that are known to have been there, with changes laid over them. */
function treeWith({ base }: GivenTexts, changes: readonly GivenText[], read: ReadText): CodeTree {
  const files = new Map(base);
  for (const { path, oldPath, kind } of changes)
    if (kind === "deleted") files.delete(path);
    else if (oldPath !== undefined) files.delete(oldPath);
  for (const { path, kind, after } of changes) if (kind !== "deleted") files.set(path, after);
  return textTree({ files, complete: false, read });
}
