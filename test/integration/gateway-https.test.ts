/** The gateway in front of a provider that speaks HTTPS with a certificate of one's own. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { temporaryFolder } from "../rig/git-rig.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const bearer = "Bearer token-of-a-subscription";

/** A certificate for 127.0.0.1 that signs itself. */
function makeCertificate(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const name = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...name, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key, cert };
}

test.skipIf(!hasOpenssl)(
  "a provider with a certificate of one's own is reached as NODE_EXTRA_CA_CERTS says and not otherwise; a bearer token passes unread (C16)",
  async () => {
    await using folder = await temporaryFolder();
    const { key, cert } = makeCertificate(folder.path);
    const seen: (string | undefined)[] = [];
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      seen.push(request.headers.authorization);
      request.resume().once("end", () => response.end("answer"));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const program = join(folder.path, "calls.mjs");
    const entry = fileURLToPath(new URL("../fixtures/calls-through-the-gateway.mjs", import.meta.url));
    await build({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", format: "esm" });
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = async (env: Record<string, string>): Promise<string> => {
      const child = spawn(process.execPath, [program, address, bearer], { env, stdio: ["ignore", "pipe", "ignore"] });
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      await new Promise((resolve) => void child.once("close", resolve));
      return text;
    };
    const trusting = { PATH: process.env["PATH"] ?? "", NODE_EXTRA_CA_CERTS: cert };
    expect(await call(trusting)).toBe("200 answer");
    expect(seen).toEqual([bearer]);
    expect(await call({ PATH: trusting.PATH })).toBe("broken");
    expect(seen).toHaveLength(1);
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  },
);
