// Where the program goes and how that is: as the exchange reports it. An output that fails raises an alarm, because what
// it feeds may be the transmitter; it is over when it runs again, or is taken out of the settings.
import type { DeskConfig } from '../config.ts';
import type { OutputCondition } from '../ports/exchange.ts';
import type { Turn } from '../turn.ts';

const STARTING: OutputCondition = { state: 'starting', error: null, listeners: null };

export function takeOutput(turn: Turn, outputId: string, said: OutputCondition): void {
  const { model } = turn;
  const output = model.config.outputs.find(({ id }) => id === outputId);
  const known = Object.hasOwn(model.outputs, outputId) ? model.outputs[outputId] : undefined;
  if (!output || !known) return;
  const { state, error, listeners } = said;
  const since = state === known.state ? known.since : turn.at;
  model.outputs[outputId] = { state, error, listeners, since };
  if (state === 'failed') model.alarms[alarmOf(outputId)] = `${output.label}: ${error ?? 'it failed'}`;
  else if (state === 'running') delete model.alarms[alarmOf(outputId)];
}

/** The settings have changed. */
export function configureOutputs(turn: Turn, { outputs }: DeskConfig): void {
  const { model } = turn;
  const former = model.outputs;
  model.outputs = Object.fromEntries(
    outputs.map(({ id }) => [id, former[id] ?? { ...STARTING, since: turn.at }]),
  );
  for (const id of Object.keys(former)) {
    if (!Object.hasOwn(model.outputs, id)) delete model.alarms[alarmOf(id)];
  }
}

/** The exchange is gone, and all it fed; its own alarm says so. */
export function loseOutputs(turn: Turn, error: string): void {
  const { model, at } = turn;
  for (const [id, output] of Object.entries(model.outputs)) {
    model.outputs[id] = {
      state: 'failed',
      error,
      listeners: null,
      since: output.state === 'failed' ? output.since : at,
    };
    delete model.alarms[alarmOf(id)];
  }
}

function alarmOf(outputId: string): string {
  return `output_${outputId}`;
}
