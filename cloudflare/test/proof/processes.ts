/** Processes of this machine, from /proc. */

import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** A process and its descendants, itself first. Empty when it is gone. */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(processTree)];
  } catch {
    return [];
  }
}

/** CPU milliseconds that the workerd below this process has used, all threads, user and system. */
export function workerdCpuMs(): number {
  const found = processTree(process.pid).filter((pid) => nameOf(pid) === "workerd");
  if (found.length !== 1) throw new Error(`${found.length} processes are called workerd`);
  const [user = 0, system = 0] = statOf(found[0] ?? 0)
    .slice(11, 13)
    .map(Number);
  return ((user + system) * 1000) / TICKS_PER_SECOND;
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

/** The fields of /proc/PID/stat from the third on: the second may have blanks in it. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
