import { expect, it } from "vitest";
import { headgate } from "../../support/command.ts";
import { copyMigrated } from "../../support/database.ts";
import { aFolder } from "../../support/folder.ts";

/** Nothing is watched that is there, and nobody is reached: every state that a line may have, but quickly. */
const CONFIG = "watch: [{ path: nowhere }]\nnetwork: { proxy: http://127.0.0.1:1 }\n";

async function aPlace(): Promise<string> {
  const folder = aFolder({ "config/headgate.yaml": CONFIG });
  await copyMigrated(`${folder}/data`);
  return folder;
}

it("headgate doctor says the same to programs as to people: each subject, how it is, and what to do", async () => {
  const cwd = await aPlace();
  const { code, out, err } = await headgate(["doctor", "--json"], { cwd });
  expect({ code, err }).toEqual({ code: 1, err: "" });
  const lines = JSON.parse(out) as { subject: string; state: string; message: string }[];
  const message = expect.stringContaining("does not exist");
  expect(lines).toContainEqual({ subject: "watched nowhere", state: "broken", message });
  expect(new Set(lines.map((line) => Object.keys(line).sort().join()))).toEqual(new Set(["message,state,subject"]));
  const told = (await headgate(["doctor"], { cwd })).out.replace(/\s+/g, " ");
  for (const { subject, state } of lines) expect(told).toContain(`${state} ${subject}:`);
});

it("headgate doctor says what is wrong with a configuration, and that a daemon goes on with the former one", async () => {
  const cwd = aFolder({ "config/headgate.yaml": "watch: [{ paht: . }]\n" });
  const { code, out, err } = await headgate(["doctor"], { cwd });
  expect({ code, out }).toEqual({ code: 2, out: "broken   configuration\n" });
  expect(err).toMatch(/paht: unknown option.*\nA daemon that runs goes on .* send SIGHUP/s);
});

it("where nothing was decided yet, headgate audit says so, and nothing to programs", async () => {
  const cwd = await aPlace();
  const said = { code: 0, err: "", out: "Nothing was decided or sent yet.\n" };
  expect(await headgate(["audit"], { cwd })).toEqual(said);
  expect(await headgate(["audit", "--json"], { cwd })).toEqual({ ...said, out: "" });
});
