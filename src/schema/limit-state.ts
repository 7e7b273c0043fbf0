import * as z from "zod";

const windowSchema = z.array(z.tuple([z.number(), z.number()]));
const number = z.number();

/** What the processes of a machine share of a provider's limits; times are milliseconds. */
export const limitStateSchema = z.object({
  cells: z.object({ requestsUntil: number, tokensUntil: number }),
  requests: windowSchema,
  tokens: windowSchema,
  rate: number.min(0.01).max(1),
  ceiling: number.min(0.01).max(1).default(1),
  successes: number.min(0).default(0),
  requestBurst: number.min(1),
  tokenBurst: number.min(0),
  requestBurstCap: number.min(1),
  tokenBurstCap: number.min(0),
  pausedUntil: number,
  probing: z.boolean(),
  probeUntil: number,
  congestedAt: number,
  refusals: number,
  touchedAt: number,
  claims: z.record(
    z.string(),
    z.object({
      requestsPerMinute: number.positive().exactOptional(),
      tokensPerMinute: number.positive().exactOptional(),
      until: number,
    }),
  ),
});
