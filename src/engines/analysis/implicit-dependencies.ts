import type { ImplicitDependency } from "../../schema/graph.ts";
import type { TaskInput } from "../../schema/task.ts";
import { acyclicEdges } from "./acyclic-edges.ts";
import { predecessorsOf } from "./adjacency.ts";
import { declaredWrites, filePattern, normalizedPath } from "./file-patterns.ts";
import { orderingMentions } from "./ordering-mentions.ts";
import type { TaskGraph } from "./task-graph.ts";
import { taskNames } from "./task-names.ts";

const appliedFrom = 0.8;
const mostCandidates = 20_000;
const mostReportedUnapplied = 200;
const sameFileConfidence = 0.9;
const sameGlobConfidence = 0.7;

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
  readonly reasoning: string;
  readonly evidence: string;
}

/**
 * Finds dependencies that nobody stated: a text that names another task behind an ordering word,
 * and files that one task declares to write and another to read. Each quotes its evidence. Those of
 * confidence 0.8 and more are applied, surest first, unless they would close a cycle with the
 * dependencies there are. Looks at no meaning beyond these words; similar topics are no evidence.
 */
export function implicitDependencies(graph: TaskGraph): ImplicitDependency[] {
  const candidates = new CandidateList(graph);
  collectMentions(graph.tasks, candidates);
  collectFiles(graph.tasks, candidates);
  const edges = acyclicEdges(graph);
  const found = candidates.surestFirst().map((candidate) => {
    const sure = candidate.confidence >= appliedFrom;
    const applied = sure && edges.tryAdd(candidate.from, candidate.to);
    const refusal = sure && !applied ? "; not applied, because it would close a cycle" : "";
    return {
      from: graph.ids[candidate.from] as string,
      to: graph.ids[candidate.to] as string,
      confidence: candidate.confidence,
      reasoning: candidate.reasoning + refusal,
      evidence: candidate.evidence,
      applied,
    };
  });
  const unapplied = found.filter((dependency) => !dependency.applied).slice(0, mostReportedUnapplied);
  return [...found.filter((dependency) => dependency.applied), ...unapplied];
}

/** The best evidence for each pair that is not stated already; bounded. */
class CandidateList {
  readonly #graph: TaskGraph;
  readonly #best = new Map<number, Candidate>();

  constructor(graph: TaskGraph) {
    this.#graph = graph;
  }

  add(candidate: Candidate): void {
    const { from, to } = candidate;
    if (from === to) return;
    const key = from * this.#graph.count + to;
    const known = this.#best.get(key);
    if (known ? known.confidence >= candidate.confidence : this.isFull()) return;
    if (predecessorsOf(this.#graph, to).includes(from)) return;
    this.#best.set(key, candidate);
  }

  isFull(): boolean {
    return this.#best.size >= mostCandidates;
  }

  surestFirst(): Candidate[] {
    return [...this.#best.values()].toSorted(
      (left, right) => right.confidence - left.confidence || left.to - right.to || left.from - right.from,
    );
  }
}

function collectMentions(tasks: readonly TaskInput[], candidates: CandidateList): void {
  const names = taskNames(tasks);
  tasks.forEach((task, number) => {
    for (const mention of orderingMentions(task.description, names)) {
      const needs = mention.direction === "needs";
      const other = tasks[mention.task]?.id ?? "";
      candidates.add({
        from: needs ? mention.task : number,
        to: needs ? number : mention.task,
        confidence: mention.confidence,
        reasoning: `The text of "${task.id}" puts it ${needs ? "after" : "before"} "${other}"`,
        evidence: mention.evidence,
      });
    }
  });
}

function collectFiles(tasks: readonly TaskInput[], candidates: CandidateList): void {
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
        if (candidates.isFull()) return;
        const confidence = filePattern(path).isGlob ? sameGlobConfidence : sameFileConfidence;
        const reasoning = `"${tasks[writer]?.id ?? ""}" writes what "${task.id}" reads`;
        candidates.add({ from: writer, to: reader, confidence, reasoning, evidence: path });
      }
    }
  });
}
