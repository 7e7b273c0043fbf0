import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { declaredWrites } from "../file-patterns.ts";
import { likelyFiles, type RankedFile } from "./likely-files.ts";

/** Two tasks that will probably change a common file. */
export interface LikelyMeeting {
  readonly tasks: readonly [number, number];
  /** The file where they most probably meet. */
  readonly path: string;
  /** 0-1: how probable it is that they meet anywhere. */
  readonly probability: number;
  /** All files where they may meet, the likeliest first. */
  readonly paths: readonly string[];
}

/*
 * How probable a ranked file is to be changed, by its rank and score: counted on 1,089 commits of two repositories
 * (fastify and express, whose texts are commit messages) and held against 285 commits of a third (eslint). There
 * the files ranked first to fifth held 61 % of what a commit changed, and of the pairs of commits said to meet with 0.25
 * and more, 39 % did; on the first two it was 53 and 79 %. Messages of commits say more than most tasks do.
 */
const namedProbability = 0.9;
const scoreSteps = [12, 18, 25];
const byRank: readonly { readonly below: number; readonly probability: readonly number[] }[] = [
  { below: 1, probability: [0.15, 0.25, 0.35, 0.5] },
  { below: 3, probability: [0.12, 0.17, 0.2, 0.25] },
  { below: Infinity, probability: [0.05, 0.07, 0.1, 0.1] },
];

const leastProbability = 0.25;
const mostTasks = 300;
const mostMeetings = 200;
const mostPaths = 3;

/**
 * Predicts which tasks will change a common file, from their texts and the words of the repository,
 * for tasks that declare no writes. The 200 likeliest pairs of probability 0.25 and more; nothing for
 * more than 300 tasks.
 */
export function likelyMeetings(tasks: readonly TaskInput[], index: RepositoryIndex): LikelyMeeting[] {
  const open = tasks.flatMap((task, number) => (declaredWrites(task).size === 0 ? [number] : []));
  if (open.length < 2 || open.length > mostTasks) return [];
  const ranked = likelyFiles(
    open.map((number) => tasks[number] as TaskInput),
    index,
  );
  const chances = ranked.map((files) => new Map(files.map((file, rank) => [file.file, probabilityOf(file, rank)])));
  const meetings: LikelyMeeting[] = [];
  for (let left = 0; left < open.length; left++) {
    for (let right = left + 1; right < open.length; right++) {
      const files = sharedChances(chances[left] ?? new Map(), chances[right] ?? new Map());
      const probability = 1 - files.reduce((missed, { chance }) => missed * (1 - chance), 1);
      if (probability < leastProbability) continue;
      const paths = files.slice(0, mostPaths).map(({ file }) => index.paths[file] as string);
      const pair = [open[left] as number, open[right] as number] as const;
      meetings.push({ tasks: pair, path: paths[0] as string, probability, paths });
    }
  }
  return meetings.toSorted((one, other) => other.probability - one.probability).slice(0, mostMeetings);
}

function probabilityOf(ranked: RankedFile, rank: number): number {
  if (ranked.named) return namedProbability;
  const step = scoreSteps.filter((least) => ranked.score >= least).length;
  return byRank.find(({ below }) => rank < below)?.probability[step] ?? 0;
}

function sharedChances(
  left: ReadonlyMap<number, number>,
  right: ReadonlyMap<number, number>,
): { readonly file: number; readonly chance: number }[] {
  const shared = [...left].flatMap(([file, chance]) => {
    const other = right.get(file);
    return other === undefined ? [] : [{ file, chance: chance * other }];
  });
  return shared.toSorted((one, other) => other.chance - one.chance);
}
