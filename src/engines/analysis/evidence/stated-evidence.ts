import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { declaredWrites, filePattern, normalizedPath } from "../file-patterns.ts";
import { mayMention, orderingMentions } from "../stated/ordering-mentions.ts";
import type { TaskNames } from "../stated/task-names.ts";
import type { DependencyCandidates } from "./candidates.ts";
import { madeThings, type MadeThing } from "./made-things.ts";
import type { MeantPath } from "./meant-path.ts";
import { namedFiles } from "./named-files.ts";
import { namedSymbols } from "./named-symbols.ts";

/*
 * Confidences of what the tasks themselves say. They are judgement and not counted: in the lists of tasks that are
 * published with an order too few such sentences occur.
 */
/** From here on words of order with a name behind them are taken to state an order. */
const likelyStated = 0.5;
const sameFile = 0.9;
const sameGlob = 0.7;
const usedFile = 0.87;
const namedFile = 0.65;
const namedSymbol = 0.6;
const thingConfidence: Readonly<Record<MadeThing["shape"], { readonly used: number; readonly named: number }>> = {
  name: { used: 0.87, named: 0.7 },
  phrase: { used: 0.72, named: 0.68 },
};

/** Collects the texts that name another task behind an ordering word. */
export function collectMentions(
  tasks: readonly TaskInput[],
  { candidates, names }: { readonly candidates: DependencyCandidates; readonly names: () => TaskNames },
): void {
  tasks.forEach((task, number) => {
    if (!mayMention(task.description)) return;
    for (const mention of orderingMentions(task.description, names())) {
      const needs = mention.direction === "needs";
      const other = tasks[mention.task]?.id ?? "";
      candidates.add({
        from: needs ? mention.task : number,
        to: needs ? number : mention.task,
        confidence: mention.confidence,
        reasoning: `The text of "${task.id}" puts it ${needs ? "after" : "before"} "${other}"`,
        evidence: mention.evidence,
        stated: mention.confidence >= likelyStated,
      });
    }
  });
}

/** Collects the files and globs that one task declares to write and another to read. */
export function collectFiles(tasks: readonly TaskInput[], candidates: DependencyCandidates): void {
  const writers = new Map<string, number[]>();
  const writes = tasks.map(declaredWrites);
  writes.forEach((paths, number) => {
    for (const path of paths) {
      const list = writers.get(path);
      if (list) list.push(number);
      else writers.set(path, [number]);
    }
  });
  tasks.forEach((task, reader) => {
    for (const path of new Set((task.reads ?? []).map(normalizedPath))) {
      // Who also writes the file is in conflict with the other writers, which says nothing about the order.
      if (writes[reader]?.has(path)) continue;
      for (const writer of writers.get(path) ?? []) {
        if (candidates.isFull()) return candidates.leaveOut();
        const confidence = filePattern(path).isGlob ? sameGlob : sameFile;
        const reasoning = `"${tasks[writer]?.id ?? ""}" writes what "${task.id}" reads`;
        candidates.add({ from: writer, to: reader, confidence, reasoning, evidence: path });
      }
    }
  });
}

/** Collects the files that one task writes and another's text names. */
export function collectNamedFiles(
  tasks: readonly TaskInput[],
  { candidates, resolve }: { readonly candidates: DependencyCandidates; readonly resolve: MeantPath },
): void {
  for (const { from, to, path, used, removed, evidence } of namedFiles(tasks, resolve)) {
    const [writer, user] = removed ? [to, from] : [from, to];
    const verb = removed ? "deletes" : "writes";
    const reasoning = `"${idOf(tasks, writer)}" ${verb} ${path}, which the text of "${idOf(tasks, user)}" ${used ? "uses" : "names"}`;
    candidates.add({ from, to, confidence: used ? usedFile : namedFile, reasoning, evidence });
  }
}

/** Collects the things that one task makes and another's text speaks of. */
export function collectThings(tasks: readonly TaskInput[], candidates: DependencyCandidates): void {
  for (const { from, to, thing, shape, used, evidence } of madeThings(tasks.map((task) => task.description))) {
    const confidence = thingConfidence[shape][used ? "used" : "named"];
    const reasoning = `"${idOf(tasks, from)}" makes ${thing}, which "${idOf(tasks, to)}" speaks of`;
    candidates.add({ from, to, confidence, reasoning, evidence });
  }
}

/** Collects the names in texts that stand in a file of the repository which another task declares to write. */
export function collectSymbols(
  tasks: readonly TaskInput[],
  { candidates, repository }: { readonly candidates: DependencyCandidates; readonly repository: RepositoryIndex },
): void {
  for (const { from, to, name, path } of namedSymbols(tasks, repository)) {
    const reasoning = `"${idOf(tasks, to)}" speaks of ${name}, which stands in ${path}, and "${idOf(tasks, from)}" writes that file`;
    candidates.add({ from, to, confidence: namedSymbol, reasoning, evidence: name });
  }
}

function idOf(tasks: readonly TaskInput[], number: number): string {
  return tasks[number]?.id ?? "";
}
