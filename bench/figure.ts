/** One line of the table: what was measured, what is aimed at, and how others did in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "µs" | "ms" | "×" | "%";
  /** The figure is met when it is at most this; absent for figures that only inform. */
  readonly target?: number;
  /** What the value was taken from, such as `median 3.1`. */
  readonly remark?: string;
  /** The same for others; text where they gave none. */
  readonly peers?: Readonly<Record<string, number | string>>;
}

/** A part of the benchmark: a name for the command line, and its figures in the order of the table. */
export interface Part {
  readonly name: string;
  /** What the figures are and how they were taken, in a sentence or two. */
  readonly about: string;
  measure(say: (line: string) => void): Promise<readonly Figure[]>;
}

/** Whether a figure meets its target. */
export function verdict(figure: Figure): "ok" | "MISS" | "" {
  if (figure.target === undefined) return "";
  return figure.value <= figure.target ? "ok" : "MISS";
}

/** The figures as one Markdown table. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.value)} ${figure.unit}${figure.remark === undefined ? "" : ` (${figure.remark})`}`,
    figure.target === undefined ? "" : `≤ ${figure.target} ${figure.unit}`,
    verdict(figure),
    Object.entries(figure.peers ?? {})
      .map(([peer, value]) => `${peer} ${typeof value === "number" ? shown(value) : value}`)
      .join(" · "),
  ]);
  const table = [
    ["figure", "measured", "target", "", "others, same run"],
    ["---", "--:", "--:", "---", "---"],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A number with three digits that matter. */
export function shown(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : Number(value.toPrecision(4)).toFixed(value < 2 ? 3 : 2);
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
