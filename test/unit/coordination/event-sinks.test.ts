import { describe, expect, test } from "vitest";
import { eventSinks } from "../../../src/engines/coordination/event-sinks.ts";
import { deferred } from "../../../src/util/deferred.ts";
import type { EventSink } from "../../../src/ports/sink.ts";
import type { RunEvent } from "../../../src/schema/event.ts";

const event = (seq: number): RunEvent => ({ type: "delay.elapsed", seq, at: seq });

describe("those who listen to a run", () => {
  test("all hear every event until they have had enough, whoever of them throws", () => {
    const failures: unknown[] = [];
    const sinks = eventSinks((error) => failures.push(error));
    const heard: string[] = [];
    sinks.add(({ seq }) => {
      heard.push(`bad ${seq}`);
      throw new Error(`at ${seq}`);
    });
    const leave = sinks.add(({ seq }) => void heard.push(`good ${seq}`));
    sinks.tell(event(1));
    leave();
    sinks.tell(event(2));
    expect(heard).toEqual(["bad 1", "good 1", "bad 2"]);
    expect(failures).toEqual([new Error("at 1")]);
  });

  test("are reported once each when their promises fail", async () => {
    const both = deferred<undefined>();
    const failures: unknown[] = [];
    const sinks = eventSinks((error) => {
      if (failures.push(error) === 2) both.resolve(undefined);
    });
    // What plain JavaScript passes without a compiler's word.
    const failing = (name: string): EventSink => {
      const sink = ({ seq }: RunEvent): unknown => Promise.reject(new Error(`${name} at ${seq}`));
      return sink;
    };
    sinks.add(failing("one"));
    sinks.add(failing("other"));
    sinks.tell(event(1));
    sinks.tell(event(2));
    await both.promise;
    expect(failures).toEqual([new Error("one at 1"), new Error("other at 1")]);
  });
});
