import { expect, test } from "vitest";
import { serveUntilClosed, shutdownMs, type ServerHost } from "../../../src/serving/serve-until-closed.ts";
import { deferred } from "../../../src/util/deferred.ts";

function fakeHost(): ServerHost & { readonly did: string[]; end(reason: string): void } {
  const did: string[] = [];
  let onEnd: (reason: string) => void = () => undefined;
  return {
    did,
    end: (reason) => onEnd(reason),
    onEnd: (callback) => void (onEnd = callback),
    exitAfter: (ms) => void did.push(`exit within ${ms}`),
    exit: () => void did.push("exit"),
    log: (line) => void did.push(line),
  };
}

test("a server whose client has gone ends its runs first and then itself", async () => {
  const host = fakeHost();
  const ended = deferred<void>();
  const serving = serveUntilClosed({
    host,
    runs: { recover: async () => void host.did.push("recovered"), shutdown: () => ended.promise },
    connection: { close: async () => void host.did.push("closed") },
  });
  expect(host.did).toEqual(["recovered"]);
  host.end("the client closed the connection");
  expect(host.did.slice(1)).toEqual([
    `exit within ${shutdownMs}`,
    "ending: the client closed the connection",
    "closed",
  ]);
  ended.resolve();
  await serving;
  expect(host.did.at(-1)).toBe("exit");
});

test("a run that cannot be ended does not keep the server", async () => {
  const host = fakeHost();
  const serving = serveUntilClosed({
    host,
    runs: {
      recover: () => Promise.reject(new Error("the disk is gone")),
      shutdown: () => Promise.reject(new Error("the disk is full")),
    },
    connection: { close: async () => undefined },
  });
  host.end("SIGTERM");
  await serving;
  expect(host.did.slice(-2)).toEqual(["while ending: Error: the disk is full", "exit"]);
  expect(shutdownMs).toBeLessThan(500);
});
