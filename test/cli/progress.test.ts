import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startProgress } from "../../src/cli/progress.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function aStream(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns, write: (text: string) => written.push(text) } };
}

describe("progress", () => {
  it("says on a terminal what is done and for how long, and takes it away at the end", () => {
    const { written, stream } = aStream(true);
    const end = startProgress("plan", stream);
    vi.advanceTimersByTime(2_000);
    end();
    vi.advanceTimersByTime(5_000);
    expect(written).toEqual([
      "\r\u001b[Kreading files and asking upstreams … 1 s",
      "\r\u001b[Kreading files and asking upstreams … 2 s",
      "\r\u001b[K",
    ]);
  });

  it.each([
    ["where nobody watches", false, "plan", 5_000],
    ["of a command that is quick", true, "plan", 900],
    ["of a command that always is", true, "alerts", 5_000],
  ])("shows nothing %s", (_, isTTY, name, time) => {
    const { written, stream } = aStream(isTTY);
    const end = startProgress(name, stream);
    vi.advanceTimersByTime(time);
    end();
    expect(written).toEqual([]);
  });

  it("stays on one line", () => {
    const { written, stream } = aStream(true, 20);
    const end = startProgress("plan", stream);
    vi.advanceTimersByTime(1_000);
    end();
    expect((written[0] ?? "").replace("\r\u001b[K", "").length).toBeLessThan(20);
  });
});
