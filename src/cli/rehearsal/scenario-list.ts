import { failureScenarios } from "./failure-scenarios.ts";
import { paceScenarios, type PaceScenario } from "./pace-scenarios.ts";
import { realFailures, realPaces, type RealFailure } from "./real-scenarios.ts";
import { refusalScenarios, type RefusalScenario } from "./refusal-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

/** Scenarios by what is looked at. */
export interface ChosenScenarios {
  /** Outcomes and times that are known beforehand, exactly. */
  readonly outcomes: readonly Scenario[];
  /** Speed-up and overhead against what the plan has promised. */
  readonly paces: readonly PaceScenario[];
  /** Work that must be refused. */
  readonly refusals: readonly RefusalScenario[];
  /** The same with programs, in real time. */
  readonly realPaces: readonly PaceScenario[];
  readonly realFailures: readonly RealFailure[];
}

/** Those on the virtual clock. */
export const simulatedScenarios: ChosenScenarios = {
  outcomes: [...scenarios, ...failureScenarios],
  paces: paceScenarios,
  refusals: refusalScenarios,
  realPaces: [],
  realFailures: [],
};

/** Those with programs. */
export const realScenarios: ChosenScenarios = {
  outcomes: [],
  paces: [],
  refusals: [],
  realPaces,
  realFailures,
};

/** Every name that can be typed. */
export const scenarioNames: readonly string[] = [simulatedScenarios, realScenarios].flatMap((list) =>
  Object.values(list).flatMap((some: readonly { readonly name: string }[]) => some.map(({ name }) => name)),
);

/** The scenarios with these names. */
export function chooseScenarios(names: readonly string[]): ChosenScenarios {
  const wanted = new Set(names);
  const pick = <Some extends { readonly name: string }>(some: readonly Some[]): Some[] =>
    some.filter(({ name }) => wanted.has(name));
  return {
    outcomes: pick(simulatedScenarios.outcomes),
    paces: pick(simulatedScenarios.paces),
    refusals: pick(simulatedScenarios.refusals),
    realPaces: pick(realScenarios.realPaces),
    realFailures: pick(realScenarios.realFailures),
  };
}
