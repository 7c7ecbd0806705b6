/** Opens the station's files for one command, says what is wrong with them, closes them. */
import { openStationFiles, type StationFiles } from '@openline/server';

export async function withStation(work: (files: StationFiles) => Promise<number>): Promise<number> {
  const opened = await openStationFiles(process.env);
  if (!opened.ok) return complain(opened.problems);
  try {
    return await work(opened.files);
  } finally {
    opened.files.close();
  }
}

/** One line each; 1 to return as the exit code. */
export function complain(problems: readonly string[]): number {
  for (const problem of problems) console.error(problem);
  return 1;
}
